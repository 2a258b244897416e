package org.ttt4j.generate;

import java.util.ArrayList;
import java.util.List;

/** One sequence in the making. */
final class Writer {

    private static final double NANOS = 1e-9;

    private final Options options;
    private final Sampler sampler;
    private final TextStream text;
    private final int promptTokens;
    private final List<Integer> ids = new ArrayList<>();
    private final long begun = System.nanoTime();
    private long firstAt = begun;
    private long lastAt = begun;
    private boolean stopped;

    /** @param promptTokens ids that are pending before the first is generated */
    Writer(Prompt prompt, int promptTokens, Options options, TextStream text) {
        this.options = options;
        this.promptTokens = promptTokens;
        this.text = text;
        sampler = new Sampler(options.sampling(), prompt.seed());
        sampler.occurred(prompt.ids());
    }

    /** How many ids to read next. The text's last one stays pending when the sequence has ended. */
    int count(int pending, int most) {
        boolean ended = stopped || ids.size() == options.maxTokens();
        return Math.min(most, ended ? Math.max(0, pending - 1) : pending);
    }

    /** Generates an id, once all pending ones have been read. */
    int next(double[] logits) {
        int id = sampler.next(logits);
        sampler.occurred(id);
        lastAt = System.nanoTime();
        firstAt = ids.isEmpty() ? lastAt : firstAt;
        ids.add(id);
        stopped = options.stopTokens().contains(id) || text.stopsWith(id);
        return id;
    }

    Generation result() {
        long readAt = ids.isEmpty() ? System.nanoTime() : firstAt;
        return new Generation(
                text.finish(),
                ids.stream().mapToInt(Integer::intValue).toArray(),
                stopped ? Generation.Finish.STOP : Generation.Finish.LENGTH,
                promptTokens,
                (readAt - begun) * NANOS,
                (lastAt - firstAt) * NANOS);
    }
}
