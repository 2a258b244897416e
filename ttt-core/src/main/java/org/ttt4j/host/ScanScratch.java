package org.ttt4j.host;

import static org.ttt4j.rows.ScanTile.WIDTH;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiFunction;
import org.ttt4j.rows.ScanTile;

/** What one thread scans strips with, and copies of a strip that is not whole. */
final class ScanScratch {

    /** Panels that stand for a strip of an array. */
    static final int X = 0;

    static final int DELTA = 1;
    static final int Y = 2;
    static final int DX = 3;
    static final int D_DELTA = 4;

    final ScanTile tile;
    private final float[][] panels;

    private ScanScratch(ScanTile tile, int tokens, int panels) {
        this.tile = tile;
        this.panels = new float[panels][tokens * WIDTH];
    }

    static ScanScratch forth(int tokens, int states) {
        return new ScanScratch(ScanTile.forth(tokens, states), tokens, 3);
    }

    static ScanScratch back(int tokens, int states) {
        return new ScanScratch(ScanTile.back(tokens, states), tokens, 5);
    }

    float[] panel(int which) {
        return panels[which];
    }

    /** Copies some channels of rows, and zeros for those that a strip has too many. */
    float[] read(int which, HostArray from, int at, int tokens, int width) {
        float[] panel = panels[which];
        for (int t = 0; t < tokens; t++) {
            System.arraycopy(from.data(), at + t * from.width(), panel, t * WIDTH, width);
        }
        return panel;
    }

    void write(int which, HostArray to, int at, int tokens, int width) {
        for (int t = 0; t < tokens; t++) {
            System.arraycopy(panels[which], t * WIDTH, to.data(), at + t * to.width(), width);
        }
    }

    private boolean serves(int tokens, int states) {
        return tile.tokens() == tokens && tile.states() == states;
    }

    /** Scratch that is used again, of the size that was asked for last. */
    static final class Pool {
        private final BiFunction<Integer, Integer, ScanScratch> maker; // of tokens and states
        private final Deque<ScanScratch> idle = new ArrayDeque<>();

        Pool(BiFunction<Integer, Integer, ScanScratch> maker) {
            this.maker = maker;
        }

        synchronized ScanScratch take(int tokens, int states) {
            ScanScratch scratch = idle.poll();
            return scratch != null && scratch.serves(tokens, states) ? scratch : maker.apply(tokens, states);
        }

        synchronized void giveBack(ScanScratch scratch) {
            idle.push(scratch);
        }
    }
}
