package org.ttt4j.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ttt4j.tensor.TttException;

/** Hugging Face's own library, where DJL's binding brings it for this machine. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class DjlTokenizerTest {

    private static final String UNIGRAM = """
            {"version":"1.0","added_tokens":[
              {"id":0,"content":"<unk>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},
              {"id":1,"content":"</s>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
             "normalizer":null,
             "pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
             "decoder":{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true},
             "model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["</s>",0],["▁the",-2],["▁",-3],["king",-4],["s",-5],
                ["▁is",-4],["é",-6],["漢",-7],["t",-9],["h",-9],["e",-9]]}}
            """;

    @TempDir
    Path dir;

    @Test
    void readsWhatIsNotBuiltHere() throws IOException {
        Path file = Files.writeString(dir.resolve("tokenizer.json"), UNIGRAM);
        Tokenizer tokenizer = Tokenizers.read(file);
        assertInstanceOf(DjlTokenizer.class, tokenizer);
        assertEquals(12, tokenizer.vocabularySize());
        assertEquals(1, tokenizer.endOfText());
        assertEquals(0, tokenizer.startOfText().length);
        int[] ids = tokenizer.encode("the kings é漢 is");
        assertArrayEquals(new int[] {2, 3, 4, 5, 3, 7, 8, 6}, ids);
        assertEquals("the kings é漢 is", tokenizer.decode(ids));
        StreamingDecoder decoder = StreamingDecoder.ofText(tokenizer);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.feed(id));
        }
        assertEquals("the kings é漢 is", text + decoder.finish());
        assertEquals("▁is", tokenizer.token(6));
        assertThrows(TttException.class, () -> tokenizer.decode(12));
    }

    @ParameterizedTest
    @ValueSource(strings = {Samples.BYTE_LEVEL, Samples.SENTENCEPIECE})
    void agreesWithThePlainOne(String name) {
        JsonTokenizer plain = Samples.tokenizer(name);
        DjlTokenizer library = DjlTokenizer.read(name, Samples.bytes(name + ".json"));
        assertEquals(plain.vocabularySize(), library.vocabularySize());
        assertEquals(plain.endOfText(), library.endOfText());
        assertArrayEquals(plain.startOfText(), library.startOfText());
        Random random = new Random(31);
        for (int trial = 0; trial < 300; trial++) {
            String text = Samples.text(random).replace("\0", "");
            int[] ids = plain.encode(text);
            assertArrayEquals(library.encode(text), ids, text);
            assertEquals(library.decode(ids), plain.decode(ids));
        }
        for (int id = 0; id < plain.vocabularySize(); id++) {
            assertArrayEquals(plain.bytes(id), library.bytes(id), plain.token(id));
        }
    }

    @Test
    void whatItCannotReadEitherIsOneException() throws IOException {
        Path file = Files.writeString(dir.resolve("tokenizer.json"), "{\"model\":{\"type\":\"Nothing\",\"vocab\":{}}}");
        assertThrows(TttException.class, () -> Tokenizers.read(file));
    }
}
