// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.lastcall.agent.cli.AnsiColors;
import dev.lastcall.agent.cli.TerminalScreen;
import dev.lastcall.agent.status.view.StatusFormat;
import dev.lastcall.warmup.WarmupProgress;
import dev.lastcall.warmup.fetch.FetchProgress.FileProgress;

/** Progress on a terminal, redrawn in place: a bar for the whole, and one for each of a few files in hand. */
final class ProgressBar implements Display {

    private static final Duration EVERY = Duration.ofMillis(200);
    private static final int MAX_FILES = 5;
    private static final int MIN_BAR = 6;
    private static final int MAX_BAR = 30;
    private static final int MAX_NAME = 44;

    /** Columns of brackets and blanks beside the bar of the whole. */
    private static final int AROUND_BAR = 5;

    /** The same for a file: with the indentation and the share. */
    private static final int AROUND_FILE = 15;

    private static final String ESC = "\u001b[";

    /** A line that is longer than the terminal is cut off, not wrapped: the redraw counts lines. */
    private static final String NO_WRAP = ESC + "?7l";
    private static final String WRAP = ESC + "?7h";
    private static final String ERASE_DOWN = ESC + "J";

    private final PrintWriter out;
    private final String model;
    private final TerminalScreen terminalScreen;
    private final AnsiColors ansiColors;
    private int drawn;

    ProgressBar(PrintWriter out, String model, TerminalScreen terminalScreen) {
        this.out = out;
        this.model = model;
        this.terminalScreen = terminalScreen;
        this.ansiColors = new AnsiColors(terminalScreen.colour());
    }

    @Override
    public Duration every() {
        return EVERY;
    }

    @Override
    public void show(WarmupProgress progress, RateMeter rate) {
        List<String> lines = lines(progress, rate);
        StringBuilder text = new StringBuilder(home()).append(NO_WRAP);
        lines.forEach(line -> text.append(line).append(ESC).append("K\n"));
        out.print(text.append(ERASE_DOWN).append(WRAP));
        out.flush();
        drawn = lines.size();
    }

    /** The lines, none longer than the terminal is wide. */
    List<String> lines(WarmupProgress progress, RateMeter rate) {
        int width = terminalScreen.columns() - 1;
        List<String> lines = new ArrayList<>();
        if (progress.phase() != WarmupProgress.Phase.FETCHING) {
            lines.add(AnsiColors.fit(model + ": " + Display.doing(progress.phase()), width));
            return lines;
        }
        String percent = "%3d%%".formatted(ProgressLines.percent(progress));
        String facts = fitting(width - percent.length() - MIN_BAR - AROUND_BAR, facts(progress, rate));
        int bar = Math.clamp((long) width - percent.length() - facts.length() - AROUND_BAR, 0, MAX_BAR);
        lines.add(percent + " " + bar(bar, progress.bytesDone(), progress.bytes(), ansiColors::good) + "  "
                + AnsiColors.fit(facts, Math.max(0, width - percent.length() - bar - AROUND_BAR)));
        int files = Math.min(MAX_FILES, terminalScreen.rows() - 3);
        List<FileProgress> current = progress.current();
        int name = Math.min(MAX_NAME,
                current.stream().limit(Math.max(0, files)).mapToInt(file -> file.path().length()).max().orElse(0));
        for (int i = 0; i < Math.min(files, current.size()); i++) {
            lines.add(file(current.get(i), Math.min(name, width / 2), width));
        }
        return lines;
    }

    /** What is said beside the bar, the most important first. */
    private static List<String> facts(WarmupProgress progress, RateMeter rate) {
        List<String> facts = new ArrayList<>();
        facts.add(StatusFormat.size(progress.bytesDone()) + " of " + StatusFormat.size(progress.bytes()));
        rate.bytesPerSecond().ifPresent(known -> facts.add(StatusFormat.rate(known)));
        rate.remaining(progress.bytes() - progress.bytesDone())
                .ifPresent(left -> facts.add(StatusFormat.span(left) + " left"));
        facts.add(progress.filesDone() + "/" + progress.files() + " files");
        facts.add(progress.connections() + " connections");
        return facts;
    }

    private static String fitting(int columns, List<String> facts) {
        String text = facts.getFirst();
        for (String fact : facts.subList(1, facts.size())) {
            if (text.length() + 2 + fact.length() > columns) {
                break;
            }
            text += "  " + fact;
        }
        return text;
    }

    private String file(FileProgress file, int name, int width) {
        String path = AnsiColors.plain(file.path());
        String shown = path.length() <= name ? path : "…" + path.substring(path.length() - Math.max(0, name - 1));
        String size = StatusFormat.size(file.totalBytes());
        int bar = Math.clamp((long) width - name - size.length() - AROUND_FILE, 0, MAX_BAR);
        long percent = file.totalBytes() == 0 ? 100 : file.doneBytes() * 100 / file.totalBytes();
        String line = "     " + " ".repeat(Math.max(0, name - shown.length())) + shown + "  %3d%%".formatted(percent);
        return bar < MIN_BAR
                ? AnsiColors.fit(line, width)
                : line + " " + bar(bar, file.doneBytes(), file.totalBytes(), ansiColors::dim) + " " + size;
    }

    private static String bar(int columns, long done, long all, UnaryOperator<String> colour) {
        int full = all == 0 ? columns : (int) (columns * done / all);
        return columns == 0 ? "" : "[" + colour.apply("#".repeat(full)) + ".".repeat(columns - full) + "]";
    }

    private String home() {
        return drawn == 0 ? "\r" : "\r" + ESC + drawn + "A";
    }

    @Override
    public void end() {
        out.print(home() + ERASE_DOWN);
        out.flush();
        drawn = 0;
    }
}
