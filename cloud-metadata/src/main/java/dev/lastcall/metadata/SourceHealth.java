// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/** The board's account of one source's looks. Not thread-safe: guarded by the board's lock. */
final class SourceHealth {

    /** A source that looks seldom is blind only after it has missed this many looks. */
    private static final int MISSED_LOOKS = 3;

    private final String name;
    private final NoticeSource.Role role;
    private final Duration blindAfter;
    private final Consumer<SourceEvent> events;
    private final Map<MetadataProblem.Kind, Long> problems = new EnumMap<>(MetadataProblem.Kind.class);
    private long looks;
    private long sinceNanos;
    private boolean everSaw;
    private boolean failing;
    private boolean blind;
    private @Nullable MetadataProblem lastProblem;

    SourceHealth(String name, NoticeSource.Role role, Duration lookInterval, long nowNanos,
            Consumer<SourceEvent> events) {
        this.name = name;
        this.role = role;
        Duration slow = lookInterval.multipliedBy(MISSED_LOOKS);
        this.blindAfter = slow.compareTo(NoticeBoard.BLIND_AFTER) > 0 ? slow : NoticeBoard.BLIND_AFTER;
        this.sinceNanos = nowNanos;
        this.events = events;
        for (MetadataProblem.Kind kind : MetadataProblem.Kind.values()) {
            problems.put(kind, 0L);
        }
    }

    void saw(long nowNanos) {
        looks++;
        if (failing || blind) {
            events.accept(new SourceEvent.Seeing(name, Duration.ofNanos(nowNanos - sinceNanos)));
        }
        failing = false;
        blind = false;
        everSaw = true;
        sinceNanos = nowNanos;
    }

    void failed(MetadataProblem problem, long nowNanos) {
        looks++;
        problems.merge(problem.kind(), 1L, Long::sum);
        boolean news = !failing || lastProblem == null || lastProblem.kind() != problem.kind();
        failing = true;
        lastProblem = problem;
        if (news) {
            events.accept(new SourceEvent.Failing(name, problem));
        }
        tick(nowNanos);
    }

    /** Whether it has ever given a definite answer. */
    boolean everSaw() {
        return everSaw;
    }

    /** Notices that time alone has made it blind, such as when its look hangs. */
    void tick(long nowNanos) {
        long unseen = nowNanos - sinceNanos;
        if (!blind && unseen > blindAfter.toNanos()) {
            blind = true;
            events.accept(new SourceEvent.Blind(name, Duration.ofNanos(unseen)));
        }
    }

    SourceStatus status() {
        return new SourceStatus(name, role, looks, everSaw ? sinceNanos : null, lastProblem, failing, blind, problems);
    }
}
