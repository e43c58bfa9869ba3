// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

import dev.lastcall.agent.status.view.StatusFormat;
import dev.lastcall.metadata.NodeClock;

/** The status each second, until a person or the reader of the output has had enough. */
final class StatusWatch {

    /** Between two looks. */
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private final IntFunction<List<String>> status;
    private final NodeClock clock;

    /**
     * @param status the lines for so many columns; may throw {@link CommandFailure}
     * @param clock of the node
     */
    StatusWatch(IntFunction<List<String>> status, NodeClock clock) {
        this.status = status;
        this.clock = clock;
    }

    /** Prints one after another, for a file or another program, until it cannot be written or the agent does not answer. */
    void print(Terminal terminal) throws InterruptedException {
        while (!terminal.out().checkError()) {
            long next = clock.nanoTime() + INTERVAL.toNanos();
            status.apply(terminal.width()).forEach(terminal.out()::println);
            clock.sleepUntil(next);
        }
    }

    /** Draws on a screen until {@code q} is pressed or the terminal is gone. An agent that does not answer may come back. */
    void draw(WatchScreen screen) throws InterruptedException {
        List<String> shown = List.of();
        Instant at = clock.wallTime();
        boolean paused = false;
        long next = clock.nanoTime();
        while (true) {
            if (clock.nanoTime() - next >= 0) {
                TerminalScreen size = screen.size();
                if (!paused) {
                    shown = look(size);
                    at = clock.wallTime();
                }
                screen.draw(fitted(shown, head(at, paused, size), size));
                next = clock.nanoTime() + INTERVAL.toNanos();
            }
            switch (screen.key()) {
                case 'q', 'Q', WatchScreen.GONE -> {
                    return;
                }
                case 'p', 'P' -> {
                    paused = !paused;
                    next = clock.nanoTime();
                }
                default -> {
                }
            }
        }
    }

    private List<String> look(TerminalScreen size) {
        try {
            return status.apply(size.columns());
        } catch (CommandFailure silent) {
            String message = AnsiColors.plain(String.valueOf(silent.getMessage()));
            return WrappedText.of("", message, 0, size.columns());
        }
    }

    private static String head(Instant at, boolean paused, TerminalScreen size) {
        AnsiColors colors = new AnsiColors(size.colour());
        String keys = AnsiColors.fit(StatusFormat.second(at) + "   q leaves, p " + (paused ? "goes on" : "pauses"),
                size.columns());
        return paused ? colors.warning(AnsiColors.fit("PAUSED " + keys, size.columns())) : colors.dim(keys);
    }

    private static List<String> fitted(List<String> lines, String head, TerminalScreen size) {
        List<String> fitted = new ArrayList<>(List.of(head));
        int room = Math.max(1, size.rows() - 1);
        if (lines.size() <= room) {
            fitted.addAll(lines);
        } else {
            fitted.addAll(lines.subList(0, room - 1));
            fitted.add("… " + (lines.size() - room + 1) + " more lines");
        }
        return fitted;
    }
}
