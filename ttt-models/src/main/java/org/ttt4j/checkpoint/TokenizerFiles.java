package org.ttt4j.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.Tokenizer;
import org.ttt4j.tokenizer.Tokenizers;

/**
 * The tokenizer of a model's directory: one that has a name, or the {@code tokenizer.json} there. A configuration that this
 * library has written knows the file by its hash, so that a new one can wait beside as {@code tokenizer.next.json} until
 * the new weights are in place.
 */
public final class TokenizerFiles {

    /** The configuration's key for the tokenizer. */
    static final String KEY = "tokenizer";

    private static final String NEXT = "tokenizer.next.json";

    private TokenizerFiles() {}

    /**
     * A training's tokenizer by the name and the configuration that it has saved.
     *
     * @throws TttException if there is no such name, or the directory lacks the file that it tells
     */
    public static Tokenizer saved(Path directory, String name, ModelConfig config) {
        return read(directory, config.withExtra(KEY, name));
    }

    /**
     * Puts a tokenizer's file, if it is one, where a checkpoint is to be saved. A checkpoint that is there keeps its own.
     *
     * @param directory must exist
     */
    public static void prepare(Path directory, Tokenizer tokenizer) {
        write(directory, tokenizer, !Checkpoint.exists(directory));
    }

    /**
     * A configuration with a tokenizer's special ids.
     *
     * @throws TttException if the model's vocabulary is too small for them
     */
    public static ModelConfig configured(ModelConfig config, Tokenizer tokenizer) {
        requireRoom("vocab_size", config, tokenizer);
        Map<String, Object> ids = new HashMap<>();
        int[] start = tokenizer.startOfText();
        ids.put("bos_token_id", start.length > 0 ? start[0] : tokenizer.endOfText());
        ids.put("eos_token_id", tokenizer.endOfText());
        return config.with(ids);
    }

    /**
     * Checks that a model has an id for every one of a tokenizer's.
     *
     * @param name what tells the size of the vocabulary, in the message
     * @throws TttException if it is smaller than the tokenizer's
     */
    public static void requireRoom(String name, ModelConfig config, Tokenizer tokenizer) {
        if (tokenizer.vocabularySize() > config.vocabSize()) {
            throw TttException.mismatch(
                    name,
                    "at least " + tokenizer.vocabularySize() + " for tokenizer " + tokenizer.name(),
                    config.vocabSize());
        }
    }

    /** The tokenizer that belongs to a configuration. */
    static Tokenizer read(Path directory, ModelConfig config) {
        Object name = config.extra().get(KEY);
        if (name == null && !Files.exists(directory.resolve(Tokenizers.FILE))) {
            throw TttException.mismatch(
                    directory + ", " + KEY, "a tokenizer's name in config.json, or " + Tokenizers.FILE, "neither");
        }
        Tokenizer tokenizer =
                name == null ? Tokenizers.read(directory.resolve(Tokenizers.FILE)) : read(directory, name.toString());
        return ending(tokenizer, config.eosTokenId());
    }

    /** The tokenizer of that name, or the file there that the name's hash belongs to. */
    private static Tokenizer read(Path directory, String name) {
        if (Tokenizers.isName(name) || !Tokenizers.isFileName(name)) {
            return Tokenizers.byName(name);
        }
        return Tokenizers.read(find(directory, name));
    }

    /** A file's end of text is the configuration's, unless that is only a default and stands for some text. */
    private static Tokenizer ending(Tokenizer tokenizer, Integer id) {
        boolean special = tokenizer.file().isPresent()
                && id != null
                && id < tokenizer.vocabularySize()
                && tokenizer.bytes(id).length == 0;
        return special ? tokenizer.withEndOfText(id) : tokenizer;
    }

    private static Path find(Path directory, String name) {
        for (String file : List.of(Tokenizers.FILE, NEXT)) {
            Path path = directory.resolve(file);
            if (Files.isRegularFile(path) && Tokenizers.fileName(bytes(path)).equals(name)) {
                return path;
            }
        }
        throw TttException.mismatch(
                directory.resolve(Tokenizers.FILE).toString(),
                "the file that the model was trained with (" + name + ")",
                Files.exists(directory.resolve(Tokenizers.FILE)) ? "another one" : "none");
    }

    /**
     * Writes a tokenizer's file, if it is one.
     *
     * @param replace whether an old file may go; otherwise the new one waits beside it
     */
    static void write(Path directory, Tokenizer tokenizer, boolean replace) {
        tokenizer.file().ifPresent(json -> {
            Path path = directory.resolve(Tokenizers.FILE);
            boolean other = Files.exists(path) && !Arrays.equals(bytes(path), json);
            if (other || !Files.exists(path)) {
                Path target = other && !replace ? directory.resolve(NEXT) : path;
                AtomicFiles.write(target, out -> AtomicFiles.writeFully(out, ByteBuffer.wrap(json)));
            }
        });
    }

    /** Brings a file that waits for a configuration to its place. */
    static void settle(Path directory, ModelConfig config) throws IOException {
        Path next = directory.resolve(NEXT);
        if (Files.exists(next)
                && Tokenizers.fileName(bytes(next)).equals(config.extra().get(KEY))) {
            Files.move(
                    next,
                    directory.resolve(Tokenizers.FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static byte[] bytes(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new TttException(path + ": cannot be read: " + e, e);
        }
    }
}
