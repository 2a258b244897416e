package org.ttt4j.tokenizer;

import java.util.function.IntPredicate;

/** The key {@code pre_tokenizer}. */
final class PreTokenizers {

    private static final PreTokenizer NONE = (text, from, to, first, sink) -> sink.piece(text, from, to, first);

    /** What a file that names no prefix scheme means, and what old files have as a flag. */
    private static final String ALWAYS = "always";

    private PreTokenizers() {}

    static PreTokenizer read(Field field) {
        return read(field, 0);
    }

    private static PreTokenizer read(Field field, int depth) {
        if (!field.isPresent()) {
            return NONE;
        }
        if (depth > Normalizers.MAX_DEPTH) {
            throw field.wrong("at most " + Normalizers.MAX_DEPTH + " sequences in each other");
        }
        Field type = field.get("type");
        return switch (type.text()) {
            case "Sequence" ->
                field.known("type", "pretokenizers").get("pretokenizers").items().stream()
                        .map(f -> read(f, depth + 1))
                        .reduce(PreTokenizer::then)
                        .orElse(NONE);
            case "ByteLevel" -> byteLevel(field.known("type", "add_prefix_space", "trim_offsets", "use_regex"));
            case "Metaspace" ->
                metaspace(field.known("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split"));
            case "Split" -> split(field.known("type", "pattern", "behavior", "invert"));
            case "Digits" -> digits(field.known("type", "individual_digits"));
            case "Punctuation" ->
                new Splitter(
                        Spans.of(Chars::isPunctuation),
                        Splitter.Behavior.read(field.known("type", "behavior").get("behavior"), "Isolated"));
            case "Whitespace" -> whitespace(field.known("type"));
            case "WhitespaceSplit" -> removing(field.known("type"), Chars::isSpace);
            case "CharDelimiterSplit" -> delimiter(field.known("type", "delimiter"));
            case "BertPreTokenizer" ->
                removing(field.known("type"), Chars::isSpace)
                        .then(new Splitter(Spans.of(Chars::isPunctuation), Splitter.Behavior.ISOLATED));
            default -> throw type.unsupported();
        };
    }

    private static PreTokenizer removing(Field field, IntPredicate delimiter) {
        return new Splitter(Spans.of(delimiter), Splitter.Behavior.REMOVED);
    }

    /** Runs of word characters, and runs of others that are no space. */
    private static PreTokenizer whitespace(Field field) {
        return removing(field, Chars::isSpace)
                .then(new Splitter(Spans.of(Chars::isWord), Splitter.Behavior.CONTIGUOUS));
    }

    private static PreTokenizer delimiter(Field field) {
        Field delimiter = field.get("delimiter");
        String text = delimiter.text();
        if (text.codePointCount(0, text.length()) != 1) {
            throw delimiter.wrong("one character");
        }
        return removing(field, c -> c == text.codePointAt(0));
    }

    private static PreTokenizer digits(Field field) {
        boolean single = field.get("individual_digits").flag(false);
        return new Splitter(
                Spans.of(Chars::isNumber), single ? Splitter.Behavior.ISOLATED : Splitter.Behavior.CONTIGUOUS);
    }

    private static PreTokenizer split(Field field) {
        Field pattern = field.get("pattern").known("String", "Regex");
        Spans spans = pattern.get("String").isPresent()
                ? Spans.of(pattern.get("String").text())
                : Spans.of(Regexes.compile(pattern.get("Regex")));
        boolean invert = field.get("invert").flag(false);
        return new Splitter(invert ? spans.inverted() : spans, Splitter.Behavior.read(field.get("behavior"), null));
    }

    private static PreTokenizer byteLevel(Field field) {
        boolean prefix = field.get("add_prefix_space").flag(true);
        PreTokenizer bytes = (text, from, to, first, sink) -> {
            String encoded = ByteAlphabet.encode(text, from, to);
            sink.piece(encoded, 0, encoded.length(), first);
        };
        PreTokenizer words = field.get("use_regex").flag(true) ? PreTokenizers::words : NONE;
        PreTokenizer all = words.then(bytes);
        return prefix ? spaceFirst().then(all) : all;
    }

    private static PreTokenizer spaceFirst() {
        return (text, from, to, first, sink) -> {
            if (text.charAt(from) == ' ') {
                sink.piece(text, from, to, first);
            } else {
                sink.piece(" " + text.substring(from, to), 0, to - from + 1, first);
            }
        };
    }

    private static void words(String text, int from, int to, boolean first, PreTokenizer.Sink sink) {
        for (int i = from; i < to; ) {
            int end = Gpt2Words.end(text, i, to);
            sink.piece(text, i, end, first && i == from);
            i = end;
        }
    }

    private static PreTokenizer metaspace(Field field) {
        Field replacement = field.get("replacement");
        String mark = replacement.text("\u2581");
        if (mark.length() != 1) {
            throw replacement.wrong("one character");
        }
        String old = field.get("add_prefix_space").flag(true) ? ALWAYS : "never";
        Field schemeField = field.get("prepend_scheme");
        String scheme = schemeField.text(old);
        if (!scheme.equals(ALWAYS) && !scheme.equals("first") && !scheme.equals("never")) {
            throw schemeField.wrong("always, first or never");
        }
        boolean splits = field.get("split").flag(true);
        char m = mark.charAt(0);
        return (text, from, to, first, sink) -> {
            String marked = text.substring(from, to).replace(' ', m);
            boolean wanted = scheme.equals(ALWAYS) || first && scheme.equals("first");
            if (wanted && marked.charAt(0) != m) {
                marked = m + marked;
            }
            if (splits) {
                cutBefore(m, marked, first, sink);
            } else {
                sink.piece(marked, 0, marked.length(), first);
            }
        };
    }

    private static void cutBefore(char mark, String text, boolean first, PreTokenizer.Sink sink) {
        int start = 0;
        for (int i = 1; i < text.length(); i++) {
            if (text.charAt(i) == mark) {
                sink.piece(text, start, i, first && start == 0);
                start = i;
            }
        }
        sink.piece(text, start, text.length(), first && start == 0);
    }
}
