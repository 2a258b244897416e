package org.ttt4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A small text that is always at hand: this project's own documentation and sources, packed into the jar by the build. */
final class DemoText {

    /** Ends every document; the build appends it to each file. */
    private static final String END_OF_DOCUMENT = "\f\n";

    private DemoText() {}

    /** The documents, one for each file, in the order of their paths. */
    static List<String> documents() throws IOException {
        try (InputStream in = DemoText.class.getResourceAsStream("demo.txt")) {
            return List.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).split(END_OF_DOCUMENT));
        }
    }
}
