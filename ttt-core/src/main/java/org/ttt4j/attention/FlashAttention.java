package org.ttt4j.attention;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.ttt4j.kernel.Workers;

/**
 * Attention forward. Many tokens are cut into tiles of queries of one head, each of which meets all its keys. A few (writing
 * a text) are cut by spans of keys: all queries that share a head of keys and values read its stream once.
 */
public final class FlashAttention {

    private final AttentionShape shape;
    private final Workers workers;
    private final boolean vectorised;
    /** Tasks of a thread that are enough for threads to end at about the same time. */
    private static final int ROUNDS = 3;

    private final Queue<SpanReader> readers = new ConcurrentLinkedQueue<>();
    private final Queue<QueryTile> idle = new ConcurrentLinkedQueue<>();

    /** @param vectorised whether to use the Vector API, if it is there */
    public FlashAttention(AttentionShape shape, Workers workers, boolean vectorised) {
        this.shape = shape;
        this.workers = workers;
        this.vectorised = vectorised;
    }

    /** Queries of one sequence, of all heads that share keys and values, or of one head. */
    private record Task(int sequence, int head, int from, int to) {}

    /**
     * Appends the tokens to what the sequences have read, and answers their queries.
     *
     * @param out [B, columns, H·D]; 0 in padding
     */
    public void forward(KeyValueBlocks read, AttentionTokens tokens, float[] out) {
        forward(read, tokens, out, null);
    }

    /** The same, keeping what {@link FlashGradient} needs. */
    public AttentionTrace trace(KeyValueBlocks read, AttentionTokens tokens, float[] out) {
        float[] logSums = new float[tokens.batch() * shape.heads() * tokens.columns()];
        forward(read, tokens, out, logSums);
        return new AttentionTrace(tokens, read.snapshot(), out, logSums);
    }

    private void forward(KeyValueBlocks read, AttentionTokens tokens, float[] out, float[] logSums) {
        read.append(tokens, workers);
        if (shape.group() * tokens.longest() <= QueryTile.ROWS) {
            bySpans(read, tokens, out, logSums);
        } else {
            byTiles(read, tokens, out, logSums);
        }
        for (int b = 0; b < tokens.batch(); b++) {
            int from = tokens.row(b, tokens.lengths()[b]) * shape.queryWidth();
            Arrays.fill(out, from, tokens.row(b + 1, 0) * shape.queryWidth(), 0);
        }
    }

    private void byTiles(KeyValueBlocks read, AttentionTokens tokens, float[] out, float[] logSums) {
        List<Task> tasks = new ArrayList<>();
        for (int b = 0; b < tokens.batch(); b++) {
            for (int head = 0; head < shape.heads(); head++) {
                addTiles(tasks, b, head, tokens.positions()[b], tokens.lengths()[b]);
            }
        }
        workers.run(tasks.size(), i -> {
            Task task = tasks.get(i);
            QueryTile tile = tile();
            for (int t = task.from; t < task.to; t++) {
                add(tile, tokens, task.sequence, task.head, t);
            }
            PartialSums sums = tile.meetAll(read.lane(task.sequence, task.head / shape.group()));
            for (int t = task.from; t < task.to; t++) {
                write(sums, t - task.from, tokens, task.sequence, task.head, t, out, logSums);
            }
            idle.add(tile);
        });
    }

    /** Tiles that end where blocks of keys end; those with most to do first. */
    private static void addTiles(List<Task> tasks, int sequence, int head, int position, int length) {
        int to = length;
        while (to > 0) {
            int before = (position + to - 1) % QueryTile.ROWS;
            int from = Math.max(0, to - 1 - before);
            tasks.add(new Task(sequence, head, from, to));
            to = from;
        }
    }

    private void bySpans(KeyValueBlocks read, AttentionTokens tokens, float[] out, float[] logSums) {
        List<Task> tasks = new ArrayList<>();
        for (int b = 0; b < tokens.batch(); b++) {
            int spans = tokens.lengths()[b] == 0 ? 0 : QueryTile.spans(tokens.end(b));
            for (int head = 0; head < shape.keyValueHeads(); head++) {
                for (int span = 0; span < spans; span++) {
                    tasks.add(new Task(b, head, span, spans));
                }
            }
        }
        PartialSums[] sums = new PartialSums[tasks.size()];
        int lanes = lanesOfTask(tasks.size(), tokens);
        workers.run((tasks.size() + lanes - 1) / lanes, i -> {
            int from = i * lanes;
            readSpans(read, tokens, tasks.subList(from, Math.min(tasks.size(), from + lanes)), sums, from);
        });
        for (int i = 0; i < sums.length; i += tasks.get(i).to) {
            join(tasks.get(i), Arrays.asList(sums).subList(i, i + tasks.get(i).to), tokens, out, logSums);
        }
    }

    /** As many as are best read side by side, as long as every thread gets some. Results do not depend on it. */
    private int lanesOfTask(int lanes, AttentionTokens tokens) {
        int streams = vectorised && shape.group() * tokens.longest() == 1 ? SpanReader.STREAMS : 1;
        return Math.max(1, Math.min(streams, lanes / (ROUNDS * workers.threads())));
    }

    private void readSpans(
            KeyValueBlocks read, AttentionTokens tokens, List<Task> tasks, PartialSums[] sums, int number) {
        SpanReader known = readers.poll();
        SpanReader reader = known == null ? new SpanReader(shape, vectorised) : known;
        List<QueryTile> tiles = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            Task task = tasks.get(i);
            QueryTile tile = groupTile(tokens, task);
            tiles.add(tile);
            sums[number + i] = new PartialSums(tile.rows(), shape.width());
            if (tile.rows() <= SpanReader.ROWS) {
                reader.add(tile, read.lane(task.sequence, task.head), task.from, sums[number + i]);
            } else {
                tile.meet(read.lane(task.sequence, task.head), task.from, sums[number + i]);
            }
        }
        reader.read();
        idle.addAll(tiles);
        readers.add(reader);
    }

    /** The queries of all heads that share keys and values, head after head. */
    private QueryTile groupTile(AttentionTokens tokens, Task task) {
        QueryTile tile = tile();
        for (int g = 0; g < shape.group(); g++) {
            for (int t = 0; t < tokens.lengths()[task.sequence]; t++) {
                add(tile, tokens, task.sequence, task.head * shape.group() + g, t);
            }
        }
        return tile;
    }

    private void join(Task task, List<PartialSums> spans, AttentionTokens tokens, float[] out, float[] logSums) {
        QueryTile tile = groupTile(tokens, task);
        PartialSums sums = spans.get(0);
        if (spans.size() > 1) {
            for (PartialSums span : spans) {
                sums = tile.join(span);
            }
        }
        int length = tokens.lengths()[task.sequence];
        for (int r = 0; r < shape.group() * length; r++) {
            int head = task.head * shape.group() + r / length;
            write(sums, r, tokens, task.sequence, head, r % length, out, logSums);
        }
        idle.add(tile);
    }

    private QueryTile tile() {
        QueryTile known = idle.poll();
        QueryTile tile = known == null ? new QueryTile(shape, vectorised) : known;
        tile.clear();
        return tile;
    }

    private void add(QueryTile tile, AttentionTokens tokens, int sequence, int head, int token) {
        int at = tokens.row(sequence, token) * shape.queryWidth() + head * shape.headSize();
        tile.add(tokens.q(), at, tokens.positions()[sequence] + token + 1);
    }

    private void write(
            PartialSums sums,
            int row,
            AttentionTokens tokens,
            int sequence,
            int head,
            int token,
            float[] out,
            float[] logSums) {
        int at = tokens.row(sequence, token) * shape.queryWidth() + head * shape.headSize();
        sums.write(row, out, at, shape.headSize());
        if (logSums != null) {
            logSums[(sequence * shape.heads() + head) * tokens.columns() + token] = sums.logSum(row);
        }
    }
}
