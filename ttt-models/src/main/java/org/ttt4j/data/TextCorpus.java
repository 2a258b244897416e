package org.ttt4j.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.Tokenizer;

/**
 * Documents as one stream of tokens, with the tokenizer's end of text between two of them, and before each what its
 * texts start with.
 *
 * @param tokens the stream
 * @param documents number of documents
 * @param sha256 SHA-256 of the documents' bytes, one after the other, in hexadecimal: for one file, the file's own
 */
public record TextCorpus(Tokens tokens, int documents, String sha256) {

    /** The two parts of a corpus. */
    public record Split(Tokens train, Tokens validation) {}

    /**
     * Reads files, each a document, as {@link TextFiles} lists them.
     *
     * @throws TttException naming the path, if it is missing or empty
     */
    public static TextCorpus read(Tokenizer tokenizer, List<Path> paths) {
        Collector collector = new Collector(tokenizer);
        TextFiles.forEach(paths, collector::add);
        return collector.corpus();
    }

    /**
     * Documents from memory.
     *
     * @throws TttException if there is no text at all
     */
    public static TextCorpus of(Tokenizer tokenizer, String... texts) {
        Collector collector = new Collector(tokenizer);
        for (String text : texts) {
            collector.add(text.getBytes(StandardCharsets.UTF_8));
        }
        return collector.corpus();
    }

    /**
     * Splits the stream: its last part is for validation.
     *
     * @param validationFraction the last part's share of the tokens, 0 to below 1
     */
    public Split split(double validationFraction) {
        if (!(validationFraction >= 0 && validationFraction < 1)) {
            throw TttException.mismatch("validation fraction", "0 to below 1", validationFraction);
        }
        int border = (int) (tokens.length() * (1 - validationFraction));
        return new Split(tokens.slice(0, border), tokens.slice(border, tokens.length()));
    }

    /** Builds a corpus document by document. */
    private static final class Collector {

        private final Tokenizer tokenizer;
        private final Tokens.Builder tokens;
        private final MessageDigest digest;
        private int documents;

        Collector(Tokenizer tokenizer) {
            this.tokenizer = tokenizer;
            tokens = new Tokens.Builder(tokenizer.vocabularySize());
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        /** An empty document is none. */
        void add(byte[] document) {
            if (document.length == 0) {
                return;
            }
            if (documents++ > 0) {
                tokens.append(tokenizer.endOfText());
            }
            tokens.append(tokenizer.startOfText());
            tokens.append(tokenizer.encode(document));
            digest.update(document);
        }

        TextCorpus corpus() {
            if (documents == 0) {
                throw TttException.mismatch("corpus", "text", "nothing");
            }
            return new TextCorpus(tokens.build(), documents, HexFormat.of().formatHex(digest.digest()));
        }
    }
}
