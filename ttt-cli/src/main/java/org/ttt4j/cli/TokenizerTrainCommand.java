package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.ttt4j.data.TextFiles;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.BpeTrainer;
import org.ttt4j.tokenizer.JsonTokenizer;
import org.ttt4j.tokenizer.TokenizerStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Learns a tokenizer from texts. */
@Command(
        name = "train",
        description = "Learn a byte-pair encoding from text files; Hugging Face's library reads the file too.",
        footer = {"", "The same files give the same tokenizer, whatever their order."})
final class TokenizerTrainCommand implements Callable<Integer> {

    private static final double NANOS = 1e9;

    @Mixin
    private CommonOptions common;

    @Option(
            names = "--vocab-size",
            required = true,
            paramLabel = "N",
            description = "Ids to make, special ones and 256 bytes included; fewer if the text gives no more.")
    private int vocabularySize;

    @Option(
            names = "--text",
            required = true,
            arity = "1..*",
            paramLabel = "PATH",
            description = "Text files, or directories of them; every file is a document.")
    private List<Path> text;

    @Option(
            names = "--style",
            paramLabel = "NAME",
            defaultValue = "byte-level",
            description = "byte-level (as GPT-2) or sentencepiece (as Llama 2) (default: ${DEFAULT-VALUE}).")
    private String style;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The tokenizer.json to write.")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        AtomicLong bytes = new AtomicLong();
        BpeTrainer trainer = new BpeTrainer(style(), vocabularySize);
        TextFiles.forEach(text, document -> {
            bytes.addAndGet(document.length);
            trainer.add(document);
        });
        JsonTokenizer tokenizer = trainer.train();
        double seconds = (System.nanoTime() - start) / NANOS;
        byte[] json = tokenizer.file().orElseThrow();
        AtomicFiles.write(out, channel -> AtomicFiles.writeFully(channel, ByteBuffer.wrap(json)));
        PrintWriter words = spec.commandLine().getOut();
        words.printf(
                Locale.ROOT,
                "%s: %,d ids from %,d bytes of text in %.1f s%n",
                out,
                tokenizer.vocabularySize(),
                bytes.get(),
                seconds);
        words.flush();
        try (Json lines = common.openJson()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("file", out.toString());
            facts.put("vocabulary_size", tokenizer.vocabularySize());
            facts.put("end_of_text", tokenizer.endOfText());
            facts.put("text_bytes", bytes.get());
            facts.put("seconds", seconds);
            lines.line(facts);
        }
        return 0;
    }

    private TokenizerStyle style() {
        return switch (style.toLowerCase(Locale.ROOT)) {
            case "byte-level" -> TokenizerStyle.BYTE_LEVEL;
            case "sentencepiece" -> TokenizerStyle.SENTENCEPIECE;
            default -> throw TttException.mismatch("--style", "byte-level or sentencepiece", style);
        };
    }
}
