// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What became of all requests, and whether clients shall go on. Thread-safe. */
final class SoakTally {

    private static final int MOST_DETAILS = 20;

    private final Map<Kind, Map<End, LongAdder>> ends = new EnumMap<>(Kind.class);
    private final List<String> lost = new ArrayList<>();
    private final LongAdder raced = new LongAdder();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean running = true;
    private volatile boolean paused;

    SoakTally() {
        for (Kind kind : Kind.values()) {
            Map<End, LongAdder> row = new EnumMap<>(End.class);
            for (End end : End.values()) {
                row.put(end, new LongAdder());
            }
            ends.put(kind, row);
        }
    }

    void asked() {
        inFlight.incrementAndGet();
    }

    void ended(Ask ask, Judged judged) {
        adder(ask.kind(), judged.end()).increment();
        if (judged.end() == End.LOST) {
            synchronized (lost) {
                if (lost.size() < MOST_DETAILS) {
                    lost.add(ask.id() + " " + ask.kind().label() + ", server's fault " + ask.fault() + ": "
                            + judged.detail());
                }
            }
        }
        inFlight.decrementAndGet();
    }

    /** A request met the end of its idle connection and is sent again. */
    void raced() {
        raced.increment();
    }

    long races() {
        return raced.sum();
    }

    int inFlight() {
        return inFlight.get();
    }

    long count(Kind kind, End end) {
        return adder(kind, end).sum();
    }

    long count(End end) {
        long sum = 0;
        for (Kind kind : Kind.values()) {
            sum += count(kind, end);
        }
        return sum;
    }

    List<String> lost() {
        synchronized (lost) {
            return List.copyOf(lost);
        }
    }

    boolean isRunning() {
        return running;
    }

    boolean isPaused() {
        return paused;
    }

    /** No client asks until this is taken back; what is in flight goes on. */
    void pause(boolean now) {
        paused = now;
    }

    void stop() {
        running = false;
    }

    private LongAdder adder(Kind kind, End end) {
        Map<End, LongAdder> row = ends.get(kind);
        LongAdder adder = row == null ? null : row.get(end);
        if (adder == null) {
            throw new IllegalStateException("no count of " + kind + " " + end);
        }
        return adder;
    }
}
