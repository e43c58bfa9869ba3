// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The process's terminal with its second screen on, and keys that come one by one: {@code stty} sets that, because Java cannot.
 * However the process ends, by a signal too, a shutdown hook gives the terminal back.
 */
final class TtyScreen implements WatchScreen {

    private static final Path TTY = Path.of("/dev/tty");
    private static final long STTY_BOUND_MILLIS = 500;
    private static final int MAX_SETTINGS_BYTES = 512;

    /** A read waits so many tenths of a second for a key. It ends empty then, which Java takes for the end of a file. */
    private static final int KEY_TENTHS = 2;

    /** An empty read that took less than this did not wait: the terminal is gone. */
    private static final long SHORTEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Second screen on, cursor hidden, long lines cut. */
    private static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l";

    private static final String LEAVE = "\u001b[?7h\u001b[?25h\u001b[?1049l";

    private final PrintWriter out;
    private final Map<String, String> environment;
    private final InputStream keys;
    private final String settings;
    private final Thread hook = new Thread(this::restore, "terminal");
    private final AtomicBoolean restored = new AtomicBoolean();

    private TtyScreen(Terminal terminal, InputStream keys, String settings) {
        this.out = terminal.out();
        this.environment = terminal.environment();
        this.keys = keys;
        this.settings = settings;
    }

    /** The terminal that standard output is; empty where it is none, or one that can be neither set nor drawn on. */
    static Optional<WatchScreen> open(Terminal terminal) {
        if (terminal.environment().getOrDefault("TERM", "dumb").equals("dumb")
                || !TerminalScreen.isTerminal(Path.of("/proc/self/fd/1"))) {
            return Optional.empty();
        }
        String settings = stty("-g");
        if (!settings.matches("[0-9a-f:]+")) {
            return Optional.empty();
        }
        try {
            TtyScreen screen = new TtyScreen(terminal, new FileInputStream(TTY.toFile()), settings);
            Runtime.getRuntime().addShutdownHook(screen.hook);
            // Ctrl-C goes on to end the process; Ctrl-Z would leave a shell on the second screen.
            var _ = stty("-icanon", "-echo", "min", "0", "time", Integer.toString(KEY_TENTHS), "susp", "undef");
            screen.print(ENTER);
            return Optional.of(screen);
        } catch (IOException closed) {
            return Optional.empty();
        }
    }

    @Override
    public TerminalScreen size() {
        return TerminalScreen.of(TerminalScreen.stty(), environment);
    }

    @Override
    public void draw(List<String> lines) {
        StringBuilder frame = new StringBuilder("\u001b[H");
        for (int i = 0; i < lines.size(); i++) {
            frame.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append("\u001b[K");
        }
        print(frame.append("\u001b[J").toString());
    }

    private void print(String text) {
        // The hook may run at any moment, and nothing may come after what it prints.
        synchronized (restored) {
            if (!restored.get()) {
                out.print(text);
                out.flush();
            }
        }
    }

    @Override
    public char key() {
        long began = System.nanoTime();
        try {
            int read = keys.read();
            if (read >= 0) {
                return (char) read;
            }
        } catch (IOException gone) {
            return GONE;
        }
        return System.nanoTime() - began < SHORTEST_WAIT_NANOS ? GONE : NONE;
    }

    @Override
    public void close() {
        restore();
        try {
            var _ = Runtime.getRuntime().removeShutdownHook(hook);
            keys.close();
        } catch (IllegalStateException ending) {
            return; // The process ends, and the hook has run or does so now.
        } catch (IOException gone) {
            return; // It was read only.
        }
    }

    private void restore() {
        synchronized (restored) {
            if (restored.getAndSet(true)) {
                return;
            }
            out.print(LEAVE);
            out.flush();
        }
        var _ = stty(settings);
    }

    /** What it says; empty where it fails. */
    private static String stty(String... arguments) {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        try {
            Process stty = new ProcessBuilder(command).redirectInput(TTY.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(STTY_BOUND_MILLIS, TimeUnit.MILLISECONDS)) {
                stty.destroyForcibly();
                return "";
            }
            return new String(stty.getInputStream().readNBytes(MAX_SETTINGS_BYTES), StandardCharsets.UTF_8).strip();
        } catch (IOException none) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
