package org.ttt4j.host;

import java.util.List;

/** A rectangle of one map's output, the work of one task. Its size depends on the matrices alone, not on the threads. */
record Tile(int map, int row, int rows, int column, int columns) {

    /** Cuts rows x columns into tiles. */
    static void cut(List<Tile> tiles, int map, int rows, int tileRows, int columns, int tileColumns) {
        for (int o = 0; o < columns; o += tileColumns) {
            for (int r = 0; r < rows; r += tileRows) {
                tiles.add(new Tile(map, r, Math.min(tileRows, rows - r), o, Math.min(tileColumns, columns - o)));
            }
        }
    }

    /** Tall enough that BLAS is at its speed, low enough that few tiles are left over. */
    static int rowsFor(int rows) {
        return rows <= 256 ? 128 : 256;
    }
}
