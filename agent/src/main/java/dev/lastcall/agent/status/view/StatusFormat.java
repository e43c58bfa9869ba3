// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status.view;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.stream.Collectors;

import dev.lastcall.agent.status.view.StatusView.Condition;
import dev.lastcall.agent.status.view.StatusView.ReclamationView;
import dev.lastcall.warmup.text.Amount;
import org.jspecify.annotations.Nullable;

/** What the page and the terminal say in the same words. */
public final class StatusFormat {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private StatusFormat() {}

    /** Version, cloud and instance on one line. */
    public static String line(StatusView view) {
        String facts = view.instance()
                .entrySet()
                .stream()
                .map(fact -> " · " + fact.getKey() + " " + fact.getValue())
                .collect(Collectors.joining());
        return (view.dryRun() ? "DRY RUN · " : "") + "version " + view.version() + " · up " + span(view.uptime())
                + " · cloud " + cloud(view.cloud()) + facts;
    }

    private static String cloud(StatusView.CloudView cloud) {
        return cloud.state().equals("detecting") ? "not known yet" : cloud.name();
    }

    /** The standing final notice on one line. */
    public static String reclamation(ReclamationView reclamation) {
        boolean passed = reclamation.left().isNegative();
        return reclamation.kind() + " by " + reclamation.source() + ": "
                + (passed
                        ? "the deadline passed " + span(reclamation.left().negated()) + " ago"
                        : span(reclamation.left())
                                + " left of " + span(reclamation.window()));
    }

    /** A condition on one line. */
    public static String condition(Condition condition) {
        return condition.code() + ": " + condition.subject() + " " + condition.message()
                + (condition.remedy().isEmpty() ? "" : "; " + condition.remedy());
    }

    /** Whether the node is protected, and if not, why: the first thing that a person on call wants to know. */
    public static String protection(StatusView view) {
        String missing = missing(view);
        if (!missing.isEmpty()) {
            return "NOT PROTECTED: " + missing;
        }
        return view.dryRun() ? "DRY RUN: a notice is shown and not acted on" : "protected";
    }

    /** What the protection lacks; empty when nothing. */
    public static String missing(StatusView view) {
        return view.conditions()
                .stream()
                .filter(Condition::isCritical)
                .map(condition -> condition.code() + " (" + condition.subject() + ")")
                .collect(Collectors.joining(", "));
    }

    /** A span as people read it: {@code 0.4s}, {@code 17s}, {@code 1m05s}, {@code 3h12m}, {@code 2d4h}. */
    public static String span(Duration span) {
        if (span.isNegative()) {
            return "-" + span(span.negated());
        }
        if (span.compareTo(Duration.ofSeconds(10)) < 0) {
            return String.format(Locale.ROOT, "%.1fs", span.toMillis() / 1000.0);
        }
        if (span.compareTo(MINUTE) < 0) {
            return span.toSeconds() + "s";
        }
        if (span.compareTo(Duration.ofHours(1)) < 0) {
            return String.format(Locale.ROOT, "%dm%02ds", span.toMinutes(), span.toSecondsPart());
        }
        return span.compareTo(Duration.ofDays(1)) < 0
                ? String.format(Locale.ROOT, "%dh%02dm", span.toHours(), span.toMinutesPart())
                : span.toDays() + "d" + span.toHoursPart() + "h";
    }

    /** A number of bytes as people read it: {@code 512 B}, {@code 1.4 MiB}, {@code 140 GiB}. */
    public static String size(long bytes) {
        return Amount.of(bytes);
    }

    /** Bytes a second as people read them. */
    public static String rate(double bytesPerSecond) {
        return size(Math.round(bytesPerSecond)) + "/s";
    }

    /** How much of a model is in place. */
    public static String done(ModelView model) {
        return model.bytes() == 0 ? "–" : model.bytesDone() * 100 / model.bytes() + "%";
    }

    /** How large a model is, once that is known. */
    public static String sizeOf(ModelView model) {
        return model.bytes() == 0 ? "–" : size(model.bytes());
    }

    /** Where a warm model is and what is open, or why it is not warm. */
    public static String whereOrWhy(ModelView model) {
        if (!model.isWarm()) {
            return model.problem();
        }
        return model.problem().isEmpty() ? model.folder() : model.folder() + ", " + model.problem();
    }

    /** How long ago, or never. */
    public static String ago(@Nullable Duration since) {
        return since == null ? "never" : span(since) + " ago";
    }

    /** Time left, or a dash. */
    public static String left(@Nullable Duration left) {
        return left == null ? "–" : span(left);
    }

    /** A count, or a dash where it is not known. */
    public static String number(@Nullable Number number) {
        return number == null ? "–" : number.toString();
    }

    /** A calendar time to the second. */
    public static String second(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
