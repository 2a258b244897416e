package org.ttt4j.inner;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.tensor.Tensors;

/**
 * The part of a {@link LaneInput} that belongs to one segment, shaped for row-wise products.
 *
 * @param XQ [r, D]
 * @param XK [r, D]
 * @param XV [r, D]
 * @param rate [r, 1]
 * @param a position factors of these tokens [r, 1]
 * @param gamma [1, D]
 * @param beta [1, D]
 * @param end what follows the segment
 */
record SegmentInput(
        INDArray XQ, INDArray XK, INDArray XV, INDArray rate, INDArray a, INDArray gamma, INDArray beta, Cut.End end) {

    static SegmentInput of(LaneInput in, Cut cut) {
        int from = cut.from();
        int to = from + cut.length();
        return new SegmentInput(
                Tensors.rows(in.XQ(), from, to),
                Tensors.rows(in.XK(), from, to),
                Tensors.rows(in.XV(), from, to),
                column(in.rate(), from, cut.length()),
                column(in.a(), cut.offset(), cut.length()),
                in.gamma().reshape(1, in.headSize()),
                in.beta().reshape(1, in.headSize()),
                cut.end());
    }

    private static INDArray column(INDArray x, int from, int length) {
        return Tensors.rows(x, from, from + length).reshape(length, 1);
    }
}
