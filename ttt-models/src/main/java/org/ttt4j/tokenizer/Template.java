package org.ttt4j.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * Special ids around a text: the key {@code post_processor}.
 *
 * @param before ids before the text
 * @param after ids behind it
 */
record Template(List<Integer> before, List<Integer> after) {

    private static final Template NONE = new Template(List.of(), List.of());

    static Template read(Field field) {
        return read(field, 0);
    }

    private static Template read(Field field, int depth) {
        if (!field.isPresent()) {
            return NONE;
        }
        if (depth > Normalizers.MAX_DEPTH) {
            throw field.wrong("at most " + Normalizers.MAX_DEPTH + " sequences in each other");
        }
        Field type = field.get("type");
        return switch (type.text()) {
            case "Sequence" ->
                field.known("type", "processors").get("processors").items().stream()
                        .map(f -> read(f, depth + 1))
                        .reduce(NONE, Template::around);
            case "ByteLevel" -> {
                // It only moves offsets into the text, which nobody asks for here.
                field.known("type", "add_prefix_space", "trim_offsets", "use_regex");
                yield NONE;
            }
            case "TemplateProcessing" -> template(field.known("type", "single", "pair", "special_tokens"));
            case "BertProcessing" -> pair(field.known("type", "sep", "cls"));
            case "RobertaProcessing" -> pair(field.known("type", "sep", "cls", "trim_offsets", "add_prefix_space"));
            default -> throw type.unsupported();
        };
    }

    /** The other one's ids around this one's. */
    private Template around(Template outer) {
        return new Template(concat(outer.before, before), concat(after, outer.after));
    }

    private static List<Integer> concat(List<Integer> a, List<Integer> b) {
        List<Integer> all = new ArrayList<>(a);
        all.addAll(b);
        return all;
    }

    private static Template template(Field field) {
        Field single = field.get("single");
        Field tokens = field.get("special_tokens");
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        boolean text = false;
        for (Field item : single.items()) {
            item.known("SpecialToken", "Sequence");
            Field sequence = item.get("Sequence");
            if (!sequence.isPresent()) {
                ids(tokens, item.get("SpecialToken").known("id", "type_id").get("id"), text ? after : before);
            } else if (text || !sequence.known("id", "type_id").get("id").text().equals("A")) {
                throw sequence.wrong("A, once");
            } else {
                text = true;
            }
        }
        if (!text) {
            throw single.wrong("a sequence A");
        }
        return new Template(before, after);
    }

    private static void ids(Field tokens, Field name, List<Integer> ids) {
        Field token = tokens.get(name.text()).known("id", "ids", "tokens");
        token.get("ids").items().forEach(id -> ids.add(id.number(Integer.MAX_VALUE)));
    }

    private static Template pair(Field field) {
        return new Template(List.of(id(field.get("cls"))), List.of(id(field.get("sep"))));
    }

    /** A token and its id, as an array. */
    private static int id(Field token) {
        List<Field> items = token.items();
        if (items.size() != 2) {
            throw token.wrong("a token and its id");
        }
        return items.get(1).number(Integer.MAX_VALUE);
    }

    /** The largest id, or -1. */
    int largest() {
        return concat(before, after).stream().mapToInt(id -> id).max().orElse(-1);
    }
}
