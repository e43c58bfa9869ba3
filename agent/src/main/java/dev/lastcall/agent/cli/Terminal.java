// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command prints and what it may do there. Colour and width are properties of standard output.
 *
 * @param out standard output
 * @param err standard error
 * @param environment of the process
 * @param colour whether colour is welcome
 * @param width columns that a line may have
 */
public record Terminal(PrintWriter out, PrintWriter err, Map<String, String> environment, boolean colour, int width) {

    /** The width where it is not known. */
    static final int DEFAULT_WIDTH = 80;

    private static final int MIN_WIDTH = 60;
    private static final int MAX_WIDTH = 160;

    /** The process's own. */
    public static Terminal system() {
        Map<String, String> environment = System.getenv();
        boolean terminal = TerminalScreen.isTerminal(Path.of("/proc/self/fd/1"));
        boolean colour = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
        return new Terminal(writer(FileDescriptor.out), writer(FileDescriptor.err), environment, colour,
                terminal ? columns(environment) : DEFAULT_WIDTH);
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    /** Whether standard input is a terminal, so that a question can be answered. */
    static boolean hasKeyboard() {
        return TerminalScreen.isTerminal(Path.of("/proc/self/fd/0"));
    }

    private static int columns(Map<String, String> environment) {
        String columns = environment.getOrDefault("COLUMNS", "");
        return bounded(columns.isEmpty() ? TerminalScreen.stty().replaceFirst("^\\d+ ", "") : columns);
    }

    private static int bounded(String columns) {
        try {
            int width = Integer.parseInt(columns);
            return width == 0 ? DEFAULT_WIDTH : Math.clamp(width, MIN_WIDTH, MAX_WIDTH);
        } catch (NumberFormatException unknown) {
            return DEFAULT_WIDTH;
        }
    }
}
