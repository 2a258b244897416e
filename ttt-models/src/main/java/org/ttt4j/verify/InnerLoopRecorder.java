package org.ttt4j.verify;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.ForwardingOps;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.OpsDecorator;

/** Keeps what entered and left the inner loop in a forward pass. */
final class InnerLoopRecorder implements OpsDecorator {

    /** Arrays [B, L, C]; rate [B, L, H]. */
    record Recorded(INDArray XQ, INDArray XK, INDArray XV, INDArray rate, INDArray output) {}

    private Recorded recorded;

    Recorded recorded() {
        return recorded;
    }

    @Override
    public <A> Ops<A> around(Ops<A> ops) {
        return new ForwardingOps<>(ops) {
            @Override
            public A innerLoop(InnerSpec inner, A q, A k, A v, A rate, Chunk chunk) {
                A y = super.innerLoop(inner, q, k, v, rate, chunk);
                recorded = new Recorded(out(q), out(k), out(v), out(rate), out(y));
                return y;
            }
        };
    }
}
