// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

import dev.lastcall.agent.status.view.StatusFormat;
import dev.lastcall.agent.status.view.StatusView.DrainSteps;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import org.jspecify.annotations.Nullable;

/** One drain as a time line in plain sentences: what happened when, what was lost, and why as far as it is known. */
final class DrainStory {

    private static final int TIME_WIDTH = 9;

    private final AnsiColors colors;
    private final int width;

    DrainStory(AnsiColors colors, int width) {
        this.colors = colors;
        this.width = width;
    }

    private record Event(Duration after, String sentence) {}

    /** The lines. */
    List<String> lines(DrainView drain) {
        List<String> lines = new ArrayList<>();
        lines.add(colors.strong(AnsiColors.fit(AnsiColors.plain(drain.server() + " (" + drain.kind() + ")"), width))
                + ": "
                + drain.outcome() + (drain.dryRun() ? ", in a dry run: nothing was really done" : ""));
        lines.add("");
        events(drain).stream()
                .sorted(Comparator.comparing(Event::after))
                .forEach(event -> lines
                        .addAll(WrappedText.of(time(event.after()), event.sentence(), TIME_WIDTH, width)));
        lines.add("");
        counts(drain).forEach(sentence -> lines.addAll(WrappedText.of("", sentence, 0, width)));
        if (drain.lost() != null) {
            lost(lines, drain, drain.lost());
        }
        drain.problems().forEach(problem -> lines.addAll(WrappedText.of("", "Problem: " + problem, 0, width)));
        return lines;
    }

    private static List<Event> events(DrainView drain) {
        DrainSteps steps = drain.steps();
        List<Event> events = new ArrayList<>();
        events.add(new Event(Duration.ZERO,
                "The notice was seen at " + StatusFormat.second(drain.detectedAt()) + ", by "
                        + drain.source() + (drain.description().isEmpty() ? "" : ": " + drain.description()) + ". "
                        + (drain.window().isNegative()
                                ? "Its deadline had passed."
                                : StatusFormat.span(drain.window()) + " were left to the deadline.")
                        + (drain.inFlightAtNotice() == null
                                ? ""
                                : " " + many(drain.inFlightAtNotice()) + " in flight.")));
        add(events, steps.announced(),
                "The door was announced to close: routers were asked to go elsewhere, and requests that "
                        + "would be over in time were let in.");
        add(events, steps.closed(), "The door was closed.");
        add(events, steps.idle(), "Nothing was in flight any more.");
        add(events, steps.cut(), "The time to drain was over, and what was left was cut.");
        add(events, steps.stopSent(), "The server was asked to stop.");
        events.add(new Event(drain.took(), end(drain)));
        return events;
    }

    private static void add(List<Event> events, @Nullable Duration after, String sentence) {
        if (after != null) {
            events.add(new Event(after, sentence));
        }
    }

    private static String end(DrainView drain) {
        String left = drain.unused().isNegative()
                ? ", " + StatusFormat.span(drain.unused().negated()) + " after the deadline."
                : ", " + StatusFormat.span(drain.unused()) + " before the deadline.";
        String killed = drain.killed() ? "The server did not stop in time and was killed; the drain was over" : "";
        return switch (drain.outcome()) {
            case "withdrawn" -> "The notice was withdrawn, and the drain was over" + left;
            case "gone" -> "The server was gone before it was asked to stop; the drain was over" + left;
            case "not-stopped" -> "The server could be neither stopped nor killed; the drain was given up" + left;
            default -> (killed.isEmpty() ? "The drain was over" : killed) + left;
        };
    }

    private static List<String> counts(DrainView drain) {
        List<String> sentences = new ArrayList<>();
        if (drain.completed() == null && drain.lost() == null) {
            sentences.add("The server has no gate, so what became of each request was not counted.");
        }
        if (drain.completed() != null) {
            sentences.add(many(drain.completed()) + " completed since the notice"
                    + (drain.admitted() == null ? "" : ", " + drain.admitted() + " let in") + ", and "
                    + StatusFormat.number(drain.refused()) + " refused, which clients can send elsewhere.");
        }
        if (drain.cut() != null && drain.cut() > 0) {
            sentences.add(many(drain.cut()) + " cut, with an error that the client can see.");
        }
        return sentences;
    }

    private void lost(List<String> lines, DrainView drain, long lost) {
        if (lost == 0) {
            lines.add("None was lost: no client got a broken answer.");
        } else {
            WrappedText.of("", many(lost) + " lost: the client got a broken answer. " + why(drain), 0, width)
                    .forEach(line -> lines.add(colors.bad(line)));
        }
    }

    /** As far as a record can say it. */
    private static String why(DrainView drain) {
        if (drain.outcome().equals("gone")) {
            return "The server ended by itself while requests were in flight.";
        }
        if (drain.killed()) {
            return "The server was killed while requests were in flight.";
        }
        return "The server or a connection broke while requests were in flight"
                + (drain.problems().isEmpty() ? "; its own log says more." : "; see the problems below.");
    }

    private static String many(Number requests) {
        return requests.longValue() == 1 ? "1 request was" : requests + " requests were";
    }

    private static String time(Duration after) {
        return String.format(Locale.ROOT, "%6.1fs  ", after.toMillis() / 1000.0);
    }
}
