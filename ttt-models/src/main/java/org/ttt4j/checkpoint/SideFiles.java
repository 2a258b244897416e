package org.ttt4j.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The files beside a model's weights that belong to it: its tokenizer, defaults of generation. */
final class SideFiles {

    private static final List<String> NAMES = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "tokenizer.model",
            "special_tokens_map.json",
            "added_tokens.json",
            "vocab.json",
            "merges.txt",
            "generation_config.json");

    /** Matches their names. */
    static final String PATTERN = NAMES.stream().map(Pattern::quote).collect(Collectors.joining("|"));

    private SideFiles() {}

    static void copy(Path from, Path to) throws IOException {
        for (String name : NAMES) {
            if (Files.isRegularFile(from.resolve(name))) {
                Files.copy(from.resolve(name), to.resolve(name));
            }
        }
    }
}
