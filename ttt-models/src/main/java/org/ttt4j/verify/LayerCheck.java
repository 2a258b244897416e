package org.ttt4j.verify;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.inner.InnerWeight;
import org.ttt4j.inner.PositionFactor;
import org.ttt4j.layer.LayerGradients;
import org.ttt4j.layer.LayerSession;
import org.ttt4j.layer.TTTLayer;
import org.ttt4j.lm.TTTModel;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.State;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.StoredWeights;

/** A bare layer's cases: output, intermediate tensors, inner weights at the end, gradients. */
final class LayerCheck implements AutoCloseable {

    private final TTTLayer layer;
    private final LayerSession<?> session;
    private final Limits limits;

    LayerCheck(Path directory, TTTConfig config, Execution execution) {
        limits = Limits.of(execution.dataType());
        layer = new TTTLayer("", TTTModel.layer(config));
        try (SafetensorsFile weights = SafetensorsFile.open(directory.resolve("model.safetensors"))) {
            session = LayerSession.open(layer, new StoredWeights(weights), execution);
        }
    }

    FileReport check(SafetensorsFile file, String name) {
        Comparison c = new Comparison(file, limits, Set.of("x", "dy"));
        INDArray x = file.read("x");
        InnerLoopRecorder recorder = new InnerLoopRecorder();
        SequenceState state = session.newState((int) x.size(0));
        c.forward("y", session.observedBy(recorder).forward(x, state));
        compareIntermediate(c, recorder.recorded());
        compareLastWeights(c, state);

        LayerGradients d = session.gradients(x, file.read("dy"), session.newState((int) x.size(0)));
        c.gradient("dx", d.input());
        d.params().forEach((key, g) -> c.gradient("grad." + key, g));
        return c.report(name);
    }

    private void compareIntermediate(Comparison c, InnerLoopRecorder.Recorded r) {
        c.forward("mid.XQ", heads(r.XQ()));
        c.forward("mid.XK", heads(r.XK()));
        c.forward("mid.XV", heads(r.XV()));
        c.forward("mid.ttt_out", r.output());
        if (r.rate().size(1) >= layer.config().miniBatch()) {
            c.forward("mid.eta", eta(r.rate()));
        }
    }

    /** [B, L, C] as [B, H, L, D]. */
    private INDArray heads(INDArray x) {
        long D = layer.config().headSize();
        return x.reshape('c', x.size(0), x.size(1), x.size(2) / D, D)
                .permute(0, 2, 1, 3)
                .dup('c');
    }

    /** {@code eta[b, h, n, t, k] = a_t · rate_k} of every whole mini-batch: [B, H, N, K, K]. */
    private INDArray eta(INDArray rate) {
        int K = layer.config().miniBatch();
        long B = rate.size(0);
        long H = rate.size(2);
        long N = rate.size(1) / K;
        INDArray a = factors();
        INDArray eta = Nd4j.create(rate.dataType(), B, H, N, K, K);
        for (long b = 0; b < B; b++) {
            for (long h = 0; h < H; h++) {
                for (long i = 0; i < N * K * K; i++) {
                    long n = i / (K * K);
                    long t = i / K % K;
                    long k = i % K;
                    eta.putScalar(new long[] {b, h, n, t, k}, a.getDouble(t) * rate.getDouble(b, n * K + k, h));
                }
            }
        }
        return eta;
    }

    private INDArray factors() {
        return PositionFactor.of(session.weight(layer.inner().tokenIdx()));
    }

    /** What the last token saw: {@code W - a G}, or W itself at a mini-batch border. */
    private void compareLastWeights(Comparison c, SequenceState state) {
        Map<String, INDArray> cache = state.save(State.Form.CACHE);
        int seen = state.position(0) % layer.config().miniBatch();
        for (InnerWeight w : layer.config().model().weights(layer.config().headSize())) {
            INDArray last = cache.get("inner." + w.name() + "_states");
            if (seen > 0) {
                INDArray G = cache.get("inner." + w.name() + "_grad");
                last = last.sub(G.mul(factors().getDouble(seen - 1)));
            }
            c.forward("mid.last_" + w.name(), last);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
