package org.ttt4j.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Writes the {@code tokenizer.json} of a trained tokenizer, as Hugging Face's library reads it. */
final class TokenizerFile {

    /** Unknown, begin and end: the first ids of the SentencePiece style. */
    static final List<String> SPECIALS = List.of("<unk>", "<s>", "</s>");

    private static final String END = "<|endoftext|>";
    private static final String MARK = Character.toString(TrainingWords.MARK);
    private static final ObjectMapper JSON = new ObjectMapper();

    private TokenizerFile() {}

    static byte[] write(TokenizerStyle style, Map<String, Integer> vocabulary, List<String> merges) {
        boolean byteLevel = style == TokenizerStyle.BYTE_LEVEL;
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        if (byteLevel) {
            special(added, vocabulary.size(), END);
        } else {
            SPECIALS.forEach(token -> special(added, vocabulary.get(token), token));
        }
        root.set("normalizer", byteLevel ? null : normalizer());
        root.set("pre_tokenizer", byteLevel ? byteLevel() : null);
        root.set("post_processor", byteLevel ? byteLevel() : template());
        root.set("decoder", byteLevel ? byteLevel() : decoder());
        root.set("model", model(byteLevel, vocabulary, merges));
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of numbers and texts", e);
        }
    }

    private static void special(ArrayNode added, int id, String content) {
        ObjectNode token = added.addObject().put("id", id).put("content", content);
        for (String key : List.of("single_word", "lstrip", "rstrip", "normalized")) {
            token.put(key, false);
        }
        token.put("special", true);
    }

    private static ObjectNode typed(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    private static ObjectNode byteLevel() {
        return typed("ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    private static ObjectNode normalizer() {
        ObjectNode sequence = typed("Sequence");
        sequence.putArray("normalizers")
                .add(typed("Prepend").put("prepend", MARK))
                .add(replace(" ", MARK));
        return sequence;
    }

    private static ObjectNode replace(String pattern, String content) {
        ObjectNode replace = typed("Replace");
        replace.putObject("pattern").put("String", pattern);
        return replace.put("content", content);
    }

    private static ObjectNode decoder() {
        ObjectNode sequence = typed("Sequence");
        sequence.putArray("decoders")
                .add(replace(MARK, " "))
                .add(typed("ByteFallback"))
                .add(typed("Fuse"))
                .add(typed("Strip").put("content", " ").put("start", 1).put("stop", 0));
        return sequence;
    }

    /** The begin before every text. */
    private static ObjectNode template() {
        String begin = SPECIALS.get(1);
        ObjectNode template = typed("TemplateProcessing");
        ArrayNode single = template.putArray("single");
        single.addObject().putObject("SpecialToken").put("id", begin).put("type_id", 0);
        single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        ArrayNode pair = template.putArray("pair");
        for (int type = 0; type < 2; type++) {
            pair.addObject().putObject("SpecialToken").put("id", begin).put("type_id", type);
            pair.addObject()
                    .putObject("Sequence")
                    .put("id", type == 0 ? "A" : "B")
                    .put("type_id", type);
        }
        ObjectNode token = template.putObject("special_tokens").putObject(begin).put("id", begin);
        token.putArray("ids").add(1);
        token.putArray("tokens").add(begin);
        return template;
    }

    private static ObjectNode model(boolean byteLevel, Map<String, Integer> vocabulary, List<String> merges) {
        ObjectNode model = typed("BPE").putNull("dropout");
        model.put("unk_token", byteLevel ? null : SPECIALS.get(0));
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", !byteLevel).put("byte_fallback", !byteLevel).put("ignore_merges", false);
        ObjectNode vocab = model.putObject("vocab");
        vocabulary.forEach(vocab::put);
        ArrayNode list = model.putArray("merges");
        merges.forEach(list::add);
        return model;
    }
}
