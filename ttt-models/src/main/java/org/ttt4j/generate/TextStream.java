package org.ttt4j.generate;

import java.util.List;
import java.util.function.Consumer;
import org.ttt4j.tokenizer.StreamingDecoder;

/** The text of one sequence as its ids come. What might become a stop string is held back until it is known. */
final class TextStream {

    private final StreamingDecoder decoder;
    private final List<String> stops;
    private final Consumer<String> listener;
    private final StringBuilder text = new StringBuilder();
    private int shown;

    TextStream(StreamingDecoder decoder, List<String> stops, Consumer<String> listener) {
        this.decoder = decoder;
        this.stops = stops;
        this.listener = listener;
    }

    /** Whether the text, with this id, has come to a stop string; it is cut off then. */
    boolean stopsWith(int id) {
        text.append(decoder.feed(id));
        int stop = stops.stream()
                .mapToInt(s -> text.indexOf(s, shown))
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
        if (stop >= 0) {
            text.setLength(stop);
            decoder.finish(); // an unfinished character behind the stop string is no part of the text
            return true;
        }
        show(text.length() - heldBack());
        return false;
    }

    /** Ends the text: shows what was held back, and U+FFFD for an unfinished character. All of it, in the end. */
    String finish() {
        text.append(decoder.finish());
        show(text.length());
        return text.toString();
    }

    private void show(int end) {
        if (end > shown) {
            listener.accept(text.substring(shown, end));
            shown = end;
        }
    }

    /** Length of the longest end of the text that begins a stop string. */
    private int heldBack() {
        int most = 0;
        for (String stop : stops) {
            for (int n = Math.min(stop.length() - 1, text.length() - shown); n > most; n--) {
                if (stop.startsWith(text.substring(text.length() - n))) {
                    most = n;
                }
            }
        }
        return most;
    }
}
