package org.ttt4j.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.tokenizer.ByteTokenizer;
import org.ttt4j.tokenizer.Tokenizer;

/** A text may go on for ever: neither the state nor the process grows with it. */
class LongDecodeTest {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final long MIB = 1024;

    @Test
    void memoryStaysBounded() throws IOException {
        Assumptions.assumeTrue(Files.isReadable(STATUS), "no " + STATUS + " on this system");
        Tokenizer tokenizer = new ByteTokenizer();
        try (LanguageModel<?> model = Models.open(Execution.fused())) {
            Generator generator = new Generator(model, tokenizer);
            Options options = Options.of(tokenizer).withStopTokens(Set.of());
            Conversation text = Conversation.start(model, 1);
            decode(generator, text, options.withMaxTokens(20_000)); // the heap has found its size, all is compiled
            long state = text.state().bytes();
            long before = residentKib();
            decode(generator, text, options.withMaxTokens(20_000));
            long growth = residentKib() - before;
            assertEquals(40_000, text.state().position(0));
            assertEquals(state, text.state().bytes(), "the state, at the same place of a mini-batch");
            assertTrue(growth < 128 * MIB, "20,000 steps took " + growth / MIB + " MiB");
        }
    }

    private static void decode(Generator generator, Conversation text, Options options) {
        generator.generate(text, List.of(new Prompt(new int[0], 1)), options, TextListener.NONE);
    }

    /** Memory of the process, native and Java heap, in KiB. */
    private static long residentKib() throws IOException {
        System.gc();
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
