package org.ttt4j.tokenizer;

/** Cuts a text where a pattern matches. */
record Splitter(Spans spans, Behavior behavior) implements PreTokenizer {

    /** What becomes of the parts that match. */
    enum Behavior {
        /** They are left out. */
        REMOVED,
        /** Each is a piece. */
        ISOLATED,
        /** Each joins the piece before it; of several in a row, the first does. */
        MERGED_WITH_PREVIOUS,
        /** Each joins the piece behind it; of several in a row, the last does. */
        MERGED_WITH_NEXT,
        /** Neighbours that match are one piece, and so are neighbours that do not. */
        CONTIGUOUS;

        static Behavior read(Field field, String none) {
            return switch (field.text(none)) {
                case "Removed" -> REMOVED;
                case "Isolated" -> ISOLATED;
                case "MergedWithPrevious" -> MERGED_WITH_PREVIOUS;
                case "MergedWithNext" -> MERGED_WITH_NEXT;
                case "Contiguous" -> CONTIGUOUS;
                default -> throw field.unsupported();
            };
        }
    }

    @Override
    public void split(String text, int from, int to, boolean first, Sink sink) {
        IntList ends = new IntList();
        spans.find(text, from, to, ends);
        int start = from;
        for (int i = 0; i < ends.size(); i++) {
            if (behavior == Behavior.REMOVED && ends.get(i) < 0) {
                start = end(ends, i);
            } else if (closes(ends, i)) {
                int end = end(ends, i);
                if (end > start) {
                    sink.piece(text, start, end, first && start == from);
                }
                start = end;
            }
        }
    }

    /** Whether a piece ends with this part, rather than taking the next one in. */
    private boolean closes(IntList ends, int i) {
        if (i + 1 == ends.size()) {
            return true;
        }
        boolean match = ends.get(i) < 0;
        boolean next = ends.get(i + 1) < 0;
        return switch (behavior) {
            case REMOVED, ISOLATED -> true;
            case CONTIGUOUS -> match != next;
            case MERGED_WITH_PREVIOUS -> match || !next;
            case MERGED_WITH_NEXT -> !match || next;
        };
    }

    private static int end(IntList ends, int i) {
        int end = ends.get(i);
        return end < 0 ? ~end : end;
    }
}
