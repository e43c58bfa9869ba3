// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.conditions;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports faults of the agent's own parts: logs each kind once with its stack trace, counts all, and keeps the condition
 * {@link ConditionCode#INTERNAL_FAULT} active until the part has worked for {@link #CALM}. Thread-safe.
 */
public final class FaultReporter implements LoopObserver {

    private static final Logger log = LoggerFactory.getLogger(FaultReporter.class);

    /** A part that fails now and then is reported as failing, and not raised and cleared in turn. */
    static final Duration CALM = Duration.ofMinutes(1);

    /** Most kinds of faults remembered; one that is forgotten is logged once more. */
    private static final int MAX_KINDS = 200;

    private final ConditionBoard board;
    private final Metrics metrics;
    private final NodeClock clock;
    private final Set<String> logged = new HashSet<>(); // guarded by this
    private final Map<String, Long> recovered = new HashMap<>(); // by part, when; guarded by this

    public FaultReporter(ConditionBoard board, Metrics metrics, NodeClock clock) {
        this.board = board;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void failed(String part, Throwable fault) {
        boolean news;
        synchronized (this) {
            recovered.remove(part);
            if (logged.size() >= MAX_KINDS) {
                logged.clear();
            }
            news = logged.add(kind(part, fault));
        }
        metrics.internalFault(part);
        board.raise(Condition.of(ConditionCode.INTERNAL_FAULT, part, "failed and goes on: " + fault));
        if (news) {
            log.atError()
                    .setCause(fault)
                    .addKeyValue("part", part)
                    .log("a part of the agent failed and goes on; please report this with the log");
        }
    }

    private static String kind(String part, Throwable fault) {
        StackTraceElement[] trace = fault.getStackTrace();
        return part + " " + fault.getClass().getName() + " " + (trace.length == 0 ? "" : trace[0]);
    }

    @Override
    public synchronized void recovered(String part) {
        recovered.put(part, clock.nanoTime());
    }

    /** Clears the conditions of parts that have worked for long enough. Called now and again. */
    void clearRecovered() {
        Set<String> calm = new HashSet<>();
        synchronized (this) {
            Iterator<Map.Entry<String, Long>> entries = recovered.entrySet().iterator();
            while (entries.hasNext()) {
                Map.Entry<String, Long> entry = entries.next();
                if (clock.nanoTime() - entry.getValue() >= CALM.toNanos()) {
                    calm.add(entry.getKey());
                    entries.remove();
                }
            }
        }
        calm.forEach(part -> board.clear(ConditionCode.INTERNAL_FAULT, part));
    }
}
