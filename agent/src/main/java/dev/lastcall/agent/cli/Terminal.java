// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

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

    /** The width where nobody knows it. */
    static final int DEFAULT_WIDTH = 80;

    private static final int MIN_WIDTH = 60;
    private static final int MAX_WIDTH = 160;
    private static final long STTY_BOUND_MILLIS = 300;

    /** The process's own. */
    public static Terminal system() {
        Map<String, String> environment = System.getenv();
        boolean terminal = isTerminal();
        boolean colour = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
        return new Terminal(writer(FileDescriptor.out), writer(FileDescriptor.err), environment, colour,
                terminal ? columns(environment) : DEFAULT_WIDTH);
    }

    private static PrintWriter writer(FileDescriptor descriptor) {
        return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    private static int columns(Map<String, String> environment) {
        String columns = environment.getOrDefault("COLUMNS", "");
        return bounded(columns.isEmpty() ? asked() : columns);
    }

    /** Asks stty, which ships with every system that has terminals; Java cannot ask for itself. */
    private static String asked() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(STTY_BOUND_MILLIS, TimeUnit.MILLISECONDS)) {
                stty.destroyForcibly();
                return "";
            }
            String size = new String(stty.getInputStream().readNBytes(32), StandardCharsets.UTF_8).strip();
            return size.substring(size.indexOf(' ') + 1);
        } catch (IOException unknown) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
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
