package org.ttt4j.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ttt4j.tensor.TttException;

/** Rows cut into pieces, and put together again. */
final class SplitKernels {

    private final RowBlocks blocks;
    private final Arena arena;

    SplitKernels(RowBlocks blocks, Arena arena) {
        this.blocks = blocks;
        this.arena = arena;
    }

    List<HostArray> forward(HostArray x, int... widths) {
        if (Arrays.stream(widths).sum() != x.width()) {
            throw TttException.mismatch("pieces", "a width of " + x.width() + " in all", Arrays.toString(widths));
        }
        List<HostArray> pieces = new ArrayList<>();
        for (int width : widths) {
            pieces.add(arena.like(x, width));
        }
        blocks.run(x.rows(), x.width(), (from, to) -> {
            for (int r = from; r < to; r++) {
                int at = r * x.width();
                for (HostArray piece : pieces) {
                    System.arraycopy(x.data(), at, piece.data(), r * piece.width(), piece.width());
                    at += piece.width();
                }
            }
        });
        return pieces;
    }

    /** @param dys null for a piece that nothing used */
    HostArray gradient(HostArray x, List<HostArray> dys, int... widths) {
        HostArray dx = arena.array(x.shape());
        blocks.run(x.rows(), x.width(), (from, to) -> {
            for (int r = from; r < to; r++) {
                int at = r * x.width();
                for (int i = 0; i < widths.length; i++) {
                    HostArray dy = dys.get(i);
                    if (dy == null) {
                        Arrays.fill(dx.data(), at, at + widths[i], 0);
                    } else {
                        System.arraycopy(dy.data(), r * widths[i], dx.data(), at, widths[i]);
                    }
                    at += widths[i];
                }
            }
        });
        return dx;
    }
}
