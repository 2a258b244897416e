package org.ttt4j.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What tokens stand for: the key {@code decoder}, as far as each token can be decoded without its neighbours, but for a
 * space that every text begins with.
 */
final class TokenBytes {

    private static final String NAMES = "<0x%02X>";
    private static final char MARK = '\u2581';

    private final List<UnaryOperator<String>> steps = new ArrayList<>();
    private boolean bytesByName;
    private boolean byteLevel;
    /** Behind this step the tokens are one text. */
    private boolean joined;

    private String prefix = "";

    private TokenBytes() {}

    /** The token that stands for a byte where characters can fall back to bytes. */
    static String name(int unsignedByte) {
        return String.format(NAMES, unsignedByte);
    }

    static TokenBytes read(Field field) {
        TokenBytes all = new TokenBytes();
        if (field.isPresent()) {
            all.add(field, 0);
        } else {
            // Without a decoder tokens are words: a space stands between two of them.
            all.steps.add(token -> " " + token);
            all.prefix = " ";
        }
        return all;
    }

    private void add(Field field, int depth) {
        if (depth > Normalizers.MAX_DEPTH) {
            throw field.wrong("at most " + Normalizers.MAX_DEPTH + " sequences in each other");
        }
        Field type = field.get("type");
        switch (type.text()) {
            case "Sequence" ->
                field.known("type", "decoders").get("decoders").items().forEach(f -> add(f, depth + 1));
            case "ByteLevel" -> {
                field.known("type", "add_prefix_space", "trim_offsets", "use_regex");
                byteLevel = true;
                joined = true;
            }
            case "ByteFallback" -> {
                requireTokens(field.known("type"));
                bytesByName = true;
            }
            case "Fuse" -> {
                field.known("type");
                joined = true;
            }
            case "Replace" -> replace(field.known("type", "pattern", "content"));
            case "Strip" -> strip(field.known("type", "content", "start", "stop"));
            case "Metaspace" ->
                metaspace(field.known("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split"));
            default -> throw type.unsupported();
        }
    }

    /** Most steps make sense only before the tokens are one text, or bytes. */
    private void requireTokens(Field field) {
        if (joined || bytesByName || byteLevel) {
            throw new UnsupportedTokenizer(field.place() + ": not supported behind tokens that are joined or bytes");
        }
    }

    private void replace(Field field) {
        requireTokens(field);
        String content = field.get("content").text();
        Field pattern = field.get("pattern").known("String", "Regex");
        if (pattern.get("String").isPresent()) {
            String searched = pattern.get("String").text();
            if (!searched.isEmpty()) {
                steps.add(token -> token.replace(searched, content));
            }
            return;
        }
        Pattern regex = Regexes.compile(pattern.get("Regex"));
        steps.add(token -> {
            Matcher matcher = regex.matcher(token);
            StringBuilder out = new StringBuilder();
            int end = 0;
            while (Regexes.find(matcher)) {
                out.append(token, end, matcher.start()).append(content);
                end = matcher.end();
            }
            return out.append(token, end, token.length()).toString();
        });
    }

    private void strip(Field field) {
        Field contentField = field.get("content");
        String content = contentField.text(" ");
        if (content.length() != 1) {
            throw contentField.wrong("one character");
        }
        int start = field.get("start").number(LONGEST_STRIP);
        int stop = field.get("stop").number(LONGEST_STRIP);
        if (!joined) {
            requireTokens(field);
            steps.add(token -> stripped(token, content, start, stop));
        } else if (stop > 0 || !prefix.isEmpty()) {
            throw field.unsupported();
        } else {
            prefix = content.repeat(start);
        }
    }

    private static final int LONGEST_STRIP = 64;

    private static String stripped(String token, String content, int start, int stop) {
        String text = token;
        for (int i = 0; i < start && text.startsWith(content); i++) {
            text = text.substring(content.length());
        }
        for (int i = 0; i < stop && text.endsWith(content); i++) {
            text = text.substring(0, text.length() - content.length());
        }
        return text;
    }

    private void metaspace(Field field) {
        requireTokens(field);
        String mark = field.get("replacement").text(Character.toString(MARK));
        steps.add(token -> token.replace(mark, " "));
        String old = field.get("add_prefix_space").flag(true) ? "always" : "never";
        if (!field.get("prepend_scheme").text(old).equals("never")) {
            prefix = " ";
        }
    }

    /** What is left out where a text begins. */
    String prefix() {
        return prefix;
    }

    /** The UTF-8 that a token stands for. */
    byte[] of(String token) {
        String text = token;
        for (UnaryOperator<String> step : steps) {
            text = step.apply(text);
        }
        byte[] named = bytesByName ? named(text) : null;
        if (named != null) {
            return named;
        }
        return byteLevel && ByteAlphabet.isEncoded(text)
                ? ByteAlphabet.decode(text)
                : text.getBytes(StandardCharsets.UTF_8);
    }

    /** The byte of that {@link #name}; null if it is none. */
    static byte[] named(String text) {
        if (text.length() != 6 || !text.startsWith("<0x") || !text.endsWith(">")) {
            return null;
        }
        int high = Character.digit(text.charAt(3), 16);
        int low = Character.digit(text.charAt(4), 16);
        return high < 0 || low < 0 ? null : new byte[] {(byte) (high << 4 | low)};
    }
}
