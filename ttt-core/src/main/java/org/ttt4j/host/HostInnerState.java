package org.ttt4j.host;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.kernel.FastWeights;
import org.ttt4j.kernel.InnerBuffers;
import org.ttt4j.kernel.InnerShape;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.State;
import org.ttt4j.param.Param;

/** The inner state of a batch of sequences. */
final class HostInnerState implements State {

    private final InnerSpec spec;
    private final Function<Param, HostArray> learned;
    private InnerBuffers buffers;
    private Heads heads;

    /** @param learned the values of parameters, here of the learned start weights */
    HostInnerState(InnerSpec spec, InnerShape shape, Function<Param, HostArray> learned, int batch) {
        this(spec, learned, new InnerBuffers(shape, batch));
        IntStream.range(0, batch).forEach(this::reset);
    }

    private HostInnerState(InnerSpec spec, Function<Param, HostArray> learned, InnerBuffers buffers) {
        this.spec = spec;
        this.learned = learned;
        this.buffers = buffers;
        heads = new Heads(buffers);
    }

    InnerBuffers buffers() {
        return buffers;
    }

    /** The weights that a second thread begins with. */
    Ahead.Pieces pieces() {
        return heads;
    }

    /** The later half of the heads. Does not keep a state from being collected. */
    private static final class Heads implements Ahead.Pieces {
        private final WeakReference<InnerBuffers> state;
        private final int all;

        Heads(InnerBuffers state) {
            this.state = new WeakReference<>(state);
            all = state.pieces();
        }

        @Override
        public int count() {
            return all / 2;
        }

        @Override
        public int touch(int piece) {
            InnerBuffers buffers = state.get();
            return buffers == null ? 0 : buffers.touch(all - count() + piece);
        }
    }

    @Override
    public State copy() {
        return new HostInnerState(spec, learned, buffers.copy());
    }

    @Override
    public State select(int... sequences) {
        return new HostInnerState(spec, learned, buffers.select(sequences));
    }

    @Override
    public void reset(int sequence) {
        buffers.reset(
                sequence,
                FastWeights.of(spec.weights().stream()
                        .map(p -> learned.apply(p).data())
                        .toList()));
    }

    @Override
    public long bytes() {
        return buffers.bytes();
    }

    @Override
    public Map<String, INDArray> save(Form form) {
        return new InnerTensors(spec, buffers.shape(), buffers.batch()).save(form, buffers);
    }

    @Override
    public void restore(Form form, Map<String, INDArray> tensors) {
        buffers = new InnerTensors(spec, buffers.shape(), buffers.batch()).restore(form, tensors);
        heads = new Heads(buffers);
    }
}
