package org.ttt4j.tokenizer;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ttt4j.tensor.TttException;

/** What is done to a text before it is cut: the key {@code normalizer}. */
final class Normalizers {

    /** Sequences of sequences deeper than this are no honest file. */
    static final int MAX_DEPTH = 8;

    /** A text grows by a few characters, or to a multiple of itself where characters are taken apart. */
    private static final int MAX_GROWTH = 64;

    private Normalizers() {}

    static UnaryOperator<String> read(Field field) {
        return read(field, 0);
    }

    private static UnaryOperator<String> read(Field field, int depth) {
        if (!field.isPresent()) {
            return UnaryOperator.identity();
        }
        if (depth > MAX_DEPTH) {
            throw field.wrong("at most " + MAX_DEPTH + " sequences in each other");
        }
        Field type = field.get("type");
        return switch (type.text()) {
            case "Sequence" ->
                sequence(field.known("type", "normalizers").get("normalizers").items().stream()
                        .map(f -> read(f, depth + 1))
                        .toList());
            case "Prepend" ->
                prepend(field.known("type", "prepend").get("prepend").text());
            case "Replace" -> replace(field.known("type", "pattern", "content"));
            case "NFC" -> form(field, Form.NFC);
            case "NFD" -> form(field, Form.NFD);
            case "NFKC" -> form(field, Form.NFKC);
            case "NFKD" -> form(field, Form.NFKD);
            case "Lowercase" -> plain(field, text -> mapped(text, c -> true, Normalizers::lower));
            case "StripAccents" -> plain(field, text -> mapped(text, c -> !Chars.isMark(c), Character::toString));
            case "Strip" -> strip(field.known("type", "strip_left", "strip_right"));
            case "ByteLevel" -> plain(field, text -> ByteAlphabet.encode(text, 0, text.length()));
            default -> throw type.unsupported();
        };
    }

    private static UnaryOperator<String> plain(Field field, UnaryOperator<String> operation) {
        field.known("type");
        return operation;
    }

    private static UnaryOperator<String> sequence(List<UnaryOperator<String>> steps) {
        return text -> {
            String now = text;
            for (UnaryOperator<String> step : steps) {
                now = step.apply(now);
                if (now.length() > MAX_GROWTH * (text.length() + 1024L)) {
                    throw TttException.mismatch(
                            "normalizer", "a text that grows at most " + MAX_GROWTH + "-fold", now.length());
                }
            }
            return now;
        };
    }

    private static UnaryOperator<String> prepend(String prefix) {
        return text -> text.isEmpty() ? text : prefix + text;
    }

    private static UnaryOperator<String> replace(Field field) {
        String content = field.get("content").text();
        Field pattern = field.get("pattern").known("String", "Regex");
        if (pattern.get("String").isPresent()) {
            String searched = pattern.get("String").text();
            return searched.isEmpty() ? UnaryOperator.identity() : text -> text.replace(searched, content);
        }
        Pattern regex = Regexes.compile(pattern.get("Regex"));
        return text -> {
            Matcher matcher = regex.matcher(text);
            StringBuilder out = new StringBuilder(text.length());
            int end = 0;
            while (Regexes.find(matcher)) {
                out.append(text, end, matcher.start()).append(content);
                end = matcher.end();
            }
            return out.append(text, end, text.length()).toString();
        };
    }

    private static UnaryOperator<String> form(Field field, Form form) {
        return plain(field, text -> Normalizer.isNormalized(text, form) ? text : Normalizer.normalize(text, form));
    }

    private static UnaryOperator<String> strip(Field field) {
        boolean left = field.get("strip_left").flag(true);
        boolean right = field.get("strip_right").flag(true);
        return text -> {
            int from = 0;
            int to = text.length();
            while (left && from < to && Chars.isSpace(text.charAt(from))) {
                from++;
            }
            while (right && from < to && Chars.isSpace(text.charAt(to - 1))) {
                to--;
            }
            return text.substring(from, to);
        };
    }

    /** One character at a time: unlike {@link String#toLowerCase}, its neighbours do not matter. */
    private static String lower(int c) {
        return c == 'İ' ? "i\u0307" : Character.toString(Character.toLowerCase(c));
    }

    private static String mapped(
            String text, java.util.function.IntPredicate kept, java.util.function.IntFunction<String> change) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().filter(kept).forEach(c -> out.append(change.apply(c)));
        return out.toString();
    }
}
