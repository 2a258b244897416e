package org.ttt4j.cli;

/** Whether somebody watches. */
final class Terminal {

    /** Columns that a progress bar may fill; narrower terminals are rare and the JVM cannot ask for their width. */
    static final int WIDTH = 79;

    private Terminal() {}

    /**
     * Whether standard error is a terminal. The launcher knows and passes it on. Without the launcher, the JVM can only tell
     * for standard input and output together, and since JDK 22 it has a console even where there is no terminal.
     */
    static boolean present() {
        String told = System.getProperty("ttt.terminal");
        if (told != null) {
            return Boolean.parseBoolean(told);
        }
        return System.console() != null && Runtime.version().feature() < 22;
    }
}
