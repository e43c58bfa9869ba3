// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A terminal on which lines can be drawn again in place.
 *
 * @param rows lines
 * @param columns of a line
 * @param colour whether colour is welcome
 */
public record TerminalScreen(int rows, int columns, boolean colour) {

    private static final int DEFAULT_ROWS = 24;
    private static final int MIN_COLUMNS = 20;
    private static final long STTY_BOUND_MILLIS = 300;
    private static final Pattern SIZE = Pattern.compile("(\\d{1,4}) (\\d{1,4})");

    /** The one that standard error is, if it is one. */
    public static Optional<TerminalScreen> ofStandardError(Map<String, String> environment) {
        boolean dumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
        if (dumb || !isTerminal(Path.of("/proc/self/fd/2"))) {
            return Optional.empty();
        }
        return Optional.of(of(stty(), environment));
    }

    /** What {@code stty size} says, as far as it says something, with the environment's word on colour. */
    static TerminalScreen of(String stty, Map<String, String> environment) {
        boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty();
        Matcher size = SIZE.matcher(stty);
        if (!size.matches() || size.group(2).equals("0")) {
            return new TerminalScreen(DEFAULT_ROWS, Terminal.DEFAULT_WIDTH, colour);
        }
        return new TerminalScreen(Integer.parseInt(size.group(1)),
                Math.max(MIN_COLUMNS, Integer.parseInt(size.group(2))),
                colour);
    }

    /** Whether that descriptor of this process is a terminal. */
    static boolean isTerminal(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    /** Rows and columns of the controlling terminal; Java cannot ask for itself. Empty where it is not known. */
    static String stty() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(STTY_BOUND_MILLIS, TimeUnit.MILLISECONDS)) {
                stty.destroyForcibly();
                return "";
            }
            return new String(stty.getInputStream().readNBytes(32), StandardCharsets.UTF_8).strip();
        } catch (IOException unknown) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
