package org.ttt4j.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Supplier;
import org.ttt4j.tensor.TttException;

/** The tokenizers that there are: by name, and from files. */
public final class Tokenizers {

    /** What a tokenizer's file is called beside a model. */
    public static final String FILE = "tokenizer.json";

    /** The optional dependency. */
    private static final String BINDING = "ai.djl.huggingface:tokenizers:0.33.0";

    private static final String HASHED = FILE + " sha256:";

    private static final Map<String, Supplier<Tokenizer>> KNOWN = Map.of("byte", ByteTokenizer::new);

    private Tokenizers() {}

    /**
     * The tokenizer of that name.
     *
     * @throws TttException if there is none
     */
    public static Tokenizer byName(String name) {
        Supplier<Tokenizer> known = KNOWN.get(name);
        if (known == null) {
            throw TttException.mismatch("tokenizer", "one of " + KNOWN.keySet(), name);
        }
        return known.get();
    }

    /** Whether {@link #byName} knows it. */
    public static boolean isName(String name) {
        return KNOWN.containsKey(name);
    }

    /**
     * Reads a {@code tokenizer.json}. What {@link JsonTokenizer} does not know is read by Hugging Face's own library, if
     * DJL's binding to it is on the class path. Where a {@code tokenizer_config.json} lies beside, its {@code eos_token}
     * is the end of text.
     *
     * @param path the file, or a directory that holds it
     * @throws TttException naming the file and what is wrong with it, or what is not supported
     */
    public static Tokenizer read(Path path) {
        Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
        byte[] json = bytes(file);
        Tokenizer tokenizer = read(file.toString(), json);
        Path config = file.resolveSibling("tokenizer_config.json");
        if (!Files.exists(config)) {
            return tokenizer;
        }
        String end = endOfText(Field.parse(config.toString(), bytes(config)));
        int id = end == null ? -1 : tokenizer.id(end).orElse(-1);
        return id < 0 ? tokenizer : tokenizer.withEndOfText(id);
    }

    private static Tokenizer read(String place, byte[] json) {
        try {
            return JsonTokenizer.read(place, json);
        } catch (UnsupportedTokenizer e) {
            try {
                return DjlTokenizer.read(place, json);
            } catch (LinkageError missing) {
                throw e.toTttException(
                        " (with " + BINDING + " on the class path, Hugging Face's own library reads it)");
            }
        }
    }

    private static String endOfText(Field config) {
        Field token = config.get("eos_token");
        if (!token.isPresent()) {
            return null;
        }
        return token.value().isObject() ? token.get("content").text(null) : token.text();
    }

    /** Whether it is a {@link #fileName}. */
    public static boolean isFileName(String name) {
        return name.startsWith(HASHED);
    }

    /** A tokenizer by its name, or the path of its file or of the directory that holds it. */
    public static Tokenizer of(String nameOrPath) {
        return isName(nameOrPath) ? byName(nameOrPath) : read(Path.of(nameOrPath));
    }

    /** The name of a tokenizer that is this file: what a checkpoint stores, to know the file again. */
    public static String fileName(byte[] json) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(json);
            return HASHED + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] bytes(Path file) {
        if (!Files.isRegularFile(file)) {
            throw TttException.mismatch(file.toString(), "a file", Files.exists(file) ? "none" : "nothing there");
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new TttException(file + ": cannot be read: " + e, e);
        }
    }
}
