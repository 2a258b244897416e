package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.Tokenizer;
import org.ttt4j.tokenizer.Tokenizers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a tokenizer makes of a text, or of ids. */
@Command(
        name = "tokenize",
        description = "Turn a text into token ids, or ids into a text.",
        footer = {
            "",
            "Without TEXT, and without --file, standard input is read. The result goes to standard output, counts and",
            "speed to standard error. Special tokens that the text spells out become their ids; what the tokenizer puts",
            "before a text (BOS) is shown with --start."
        })
final class TokenizeCommand implements Callable<Integer> {

    private static final double NANOS = 1e9;
    private static final double MEGABYTE = 1e6;
    private static final int LONGEST_REPEAT = 1000;

    @Mixin
    private CommonOptions common;

    @Option(
            names = "--tokenizer",
            required = true,
            paramLabel = "FILE",
            description = "A tokenizer.json, a model's directory, or \"byte\".")
    private String tokenizer;

    @Parameters(arity = "0..*", paramLabel = "TEXT", description = "The text, words joined by spaces; or ids.")
    private List<String> words = List.of();

    @Option(names = "--file", paramLabel = "FILE", description = "Read the text, or the ids, from a file.")
    private Path file;

    @Option(names = "--decode", description = "The input is ids, between spaces or commas.")
    private boolean decode;

    @Option(names = "--pieces", description = "Show every id with its token, one a line.")
    private boolean pieces;

    @Option(names = "--count", description = "Show counts and speed only.")
    private boolean count;

    @Option(names = "--start", description = "Show the ids that every text begins with, too.")
    private boolean start;

    @Option(
            names = "--repeat",
            paramLabel = "N",
            defaultValue = "1",
            description = "Encode N times and tell the speed of the last time (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Tokenizer t = open();
        byte[] input = input();
        return decode ? decode(t, input) : encode(t, input);
    }

    private Tokenizer open() {
        Path directory = Path.of(tokenizer);
        boolean model = !Tokenizers.isName(tokenizer) && Checkpoint.exists(directory);
        return model ? Checkpoint.open(directory).tokenizer() : Tokenizers.of(tokenizer);
    }

    private byte[] input() throws IOException {
        if (file != null && !words.isEmpty()) {
            throw TttException.mismatch("input", "a text or --file", "both");
        }
        if (file != null) {
            return Files.readAllBytes(file);
        }
        return words.isEmpty()
                ? System.in.readAllBytes()
                : String.join(" ", words).getBytes(StandardCharsets.UTF_8);
    }

    private int encode(Tokenizer t, byte[] text) throws IOException {
        if (repeat < 1 || repeat > LONGEST_REPEAT) {
            throw TttException.mismatch("--repeat", "1 to 1000", repeat);
        }
        int[] ids = {};
        double seconds = 0;
        for (int i = 0; i < repeat; i++) {
            long before = System.nanoTime();
            ids = t.encode(text);
            seconds = (System.nanoTime() - before) / NANOS;
        }
        if (start) {
            ids = concat(t.startOfText(), ids);
        }
        if (!count) {
            show(t, ids);
        }
        report(t, text.length, ids, text.length / MEGABYTE / seconds);
        return 0;
    }

    private void report(Tokenizer t, int bytes, int[] ids, double rate) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                Locale.ROOT,
                "%,d bytes, %,d ids (%.2f bytes an id), %.1f MB/s, vocabulary %,d%n",
                bytes,
                ids.length,
                ids.length == 0 ? 0.0 : (double) bytes / ids.length,
                rate,
                t.vocabularySize());
        err.flush();
        try (Json json = common.openJson()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("bytes", bytes);
            facts.put("count", ids.length);
            facts.put("megabytes_per_second", rate);
            facts.put("vocabulary_size", t.vocabularySize());
            facts.put("ids", count ? new int[0] : ids);
            json.line(facts);
        }
    }

    private static int[] concat(int[] a, int[] b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    private void show(Tokenizer t, int[] ids) {
        PrintWriter out = spec.commandLine().getOut();
        if (pieces) {
            Arrays.stream(ids).forEach(id -> out.printf("%d\t%s%n", id, visible(t.token(id))));
        } else {
            out.println(Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" ")));
        }
        out.flush();
    }

    /** A token on one line. */
    private static String visible(String token) {
        StringBuilder shown = new StringBuilder();
        token.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                shown.append(String.format("\\u%04X", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }

    private int decode(Tokenizer t, byte[] input) throws IOException {
        int[] ids = Arrays.stream(new String(input, StandardCharsets.UTF_8).split("[\\s,\\[\\]]+"))
                .filter(word -> !word.isEmpty())
                .mapToInt(TokenizeCommand::id)
                .toArray();
        String text = t.decode(ids);
        PrintWriter out = spec.commandLine().getOut();
        if (pieces) {
            show(t, ids);
        } else if (!count) {
            out.print(text);
            out.flush();
        }
        spec.commandLine().getErr().printf(Locale.ROOT, "%,d ids, %,d characters%n", ids.length, text.length());
        spec.commandLine().getErr().flush();
        try (Json json = common.openJson()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("ids", ids);
            facts.put("text", text);
            json.line(facts);
        }
        return 0;
    }

    private static int id(String word) {
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw TttException.mismatch("token id", "a number", word);
        }
    }
}
