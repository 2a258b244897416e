package org.ttt4j.bench.sweep;

import org.ttt4j.config.MixerKind;
import org.ttt4j.matrix.WeightType;

/**
 * One measurement by what it measures.
 *
 * @param backbone "own" for the mixer's own, or mamba, transformer
 * @param preset the model's size by name
 * @param batch sequences side by side
 * @param context tokens of each
 */
public record Cell(
        Workload test,
        MixerKind mixer,
        String backbone,
        String preset,
        int batch,
        WeightType weights,
        int threads,
        String kernel,
        int context) {

    /** The same at another length of text: together they are a curve. */
    public Cell withContext(int tokens) {
        return new Cell(test, mixer, backbone, preset, batch, weights, threads, kernel, tokens);
    }

    /** The same by another mixer. */
    public Cell withMixer(MixerKind kind) {
        return new Cell(test, kind, backbone, preset, batch, weights, threads, kernel, context);
    }
}
