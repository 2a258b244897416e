package org.ttt4j.jax;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;

/**
 * Matrices that lie the other way round in a file, [in, out]: turned band by band, a band being as many rows of the result as
 * fit into a limit. Matrices of the published sizes are one band. The last band is kept as long as there is memory for it.
 */
final class Transposition {

    private static final long BAND_BYTES = 1L << 28;
    private static final int PIECE_BYTES = 1 << 20;

    private final int heads;
    private final Reader file;
    private SoftReference<Band> last = new SoftReference<>(null);

    /** Reads an array's bytes as they stand in the file. */
    @FunctionalInterface
    interface Reader {
        void read(JaxArray array, long from, ByteBuffer into) throws IOException;
    }

    /** Rows of the result, from the given one on. */
    private record Band(JaxArray array, long firstRow, byte[] bytes) {}

    /** @param heads in which rows are sorted, where they are */
    Transposition(int heads, Reader file) {
        this.heads = heads;
        this.file = file;
    }

    /** Whether rows of that many bytes can be turned. */
    static boolean holds(long rowBytes) {
        return rowBytes <= BAND_BYTES;
    }

    /** Whether that many rows are whole pairs of every head. */
    boolean hasWholePairs(long rows) {
        return heads > 0 && rows % (2L * heads) == 0;
    }

    /**
     * Reads bytes of the turned matrix.
     *
     * @param array [in, out], or [in, 1, out]
     * @param halves whether the rows of every head are sorted from pairs into halves
     */
    synchronized void read(JaxArray array, boolean halves, long from, ByteBuffer into) throws IOException {
        long in = array.shape()[0];
        long out = array.shape()[array.shape().length - 1];
        long rowBytes = in * array.dtype().bytes();
        long bandRows = Math.max(1, Math.min(out, BAND_BYTES / Math.max(1, rowBytes)));
        while (into.hasRemaining()) {
            long row = from / rowBytes;
            int offset = (int) (from % rowBytes);
            int n = (int) Math.min(into.remaining(), rowBytes - offset);
            long stored = halves ? pairRow(row, out) : row;
            Band band = band(array, stored / bandRows * bandRows, bandRows, in, out);
            into.put(band.bytes, (int) ((stored - band.firstRow) * rowBytes) + offset, n);
            from += n;
        }
    }

    /** Row i of a head's first half was row 2i, row i + D/2 was row 2i + 1. */
    private long pairRow(long row, long rows) {
        long D = rows / heads;
        long i = row % D;
        return row - i + (i < D / 2 ? 2 * i : 2 * (i - D / 2) + 1);
    }

    private Band band(JaxArray array, long firstRow, long bandRows, long in, long out) throws IOException {
        Band band = last.get();
        if (band == null || band.array != array || band.firstRow != firstRow) {
            last = new SoftReference<>(null);
            band = new Band(array, firstRow, turn(array, firstRow, Math.min(bandRows, out - firstRow), in, out));
            last = new SoftReference<>(band);
        }
        return band;
    }

    /** Columns firstRow to firstRow + rows - 1 of the stored matrix as rows. */
    private byte[] turn(JaxArray array, long firstRow, long rows, long in, long out) throws IOException {
        int size = array.dtype().bytes();
        byte[] turned = new byte[Math.toIntExact(rows * in * size)];
        boolean whole = rows == out;
        int lines = whole ? (int) Math.max(1, Math.min(in, PIECE_BYTES / (rows * size))) : 1;
        ByteBuffer piece = ByteBuffer.allocate(Math.toIntExact(lines * rows * size));
        for (long i = 0; i < in; i += lines) {
            int n = (int) Math.min(lines, in - i);
            file.read(array, (i * out + firstRow) * size, piece.clear().limit(Math.toIntExact(n * rows * size)));
            for (int r = 0; r < rows; r++) {
                spread(piece.array(), r * size, (int) rows * size, n, turned, (int) (r * in + i) * size, size);
            }
        }
        return turned;
    }

    /** A piece of one row of the result: n values that lie a stored row apart. */
    private static void spread(byte[] from, int at, int apart, int n, byte[] to, int target, int size) {
        for (int i = 0; i < n; i++) {
            for (int b = 0; b < size; b++) {
                to[target + i * size + b] = from[at + i * apart + b];
            }
        }
    }
}
