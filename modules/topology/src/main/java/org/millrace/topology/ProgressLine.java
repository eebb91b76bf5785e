package org.millrace.topology;

import java.io.PrintStream;

/** A line that is written over on a terminal, and written again elsewhere when it has changed. */
final class ProgressLine {
    private final PrintStream out;
    private final boolean terminal;
    private String shown = "";

    ProgressLine(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void show(String line) {
        if (line.equals(shown)) {
            return;
        }
        if (terminal) {
            out.print("\r" + line + " ".repeat(Math.max(0, shown.length() - line.length())));
            out.flush();
        } else {
            out.println(line);
        }
        shown = line;
    }

    /** What is printed next begins a new line. */
    void end() {
        if (terminal && !shown.isEmpty()) {
            out.println();
        }
        shown = "";
    }
}
