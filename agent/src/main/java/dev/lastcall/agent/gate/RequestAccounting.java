// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The gate's books. The door's flag and the number in flight share one atomic word, so that no request can slip in
 * between the closing of the door and the reading of the number. Thread-safe.
 */
final class RequestAccounting {

    /** How an admitted request ended. */
    enum Outcome {
        COMPLETED, UPSTREAM_FAILED, CLIENT_GONE, LOST, CUT_NOT_BEGUN, CUT_EVENT_STREAM, CUT_BODY, CUT_WEB_SOCKET;

        /** Whether it was ended by a cut. */
        boolean isCut() {
            return switch (this) {
                case CUT_NOT_BEGUN, CUT_EVENT_STREAM, CUT_BODY, CUT_WEB_SOCKET -> true;
                case COMPLETED, UPSTREAM_FAILED, CLIENT_GONE, LOST -> false;
            };
        }
    }

    private static final long CLOSED = 1L << 62;

    private final AtomicLong word = new AtomicLong();
    private final LongAdder admitted = new LongAdder();
    private final LongAdder passed = new LongAdder();
    private final LongAdder failedProbes = new LongAdder();
    private final AtomicLong order = new AtomicLong();
    private final LongAdder bytesAfterClosed = new LongAdder();
    private volatile boolean retiring;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger webSockets = new AtomicInteger();
    private final Map<Outcome, LongAdder> outcomes = new EnumMap<>(Outcome.class);
    private final Map<GateCounts.Refusal, LongAdder> refusals = new EnumMap<>(GateCounts.Refusal.class);

    RequestAccounting() {
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(outcome, new LongAdder());
        }
        for (GateCounts.Refusal refusal : GateCounts.Refusal.values()) {
            refusals.put(refusal, new LongAdder());
        }
    }

    /** Closes the door; true if it was open. */
    boolean closeDoor() {
        return (word.getAndUpdate(w -> w | CLOSED) & CLOSED) == 0;
    }

    /** Opens the door; true if it was closed. */
    boolean openDoor() {
        return (word.getAndUpdate(w -> w & ~CLOSED) & CLOSED) != 0;
    }

    boolean isClosed() {
        return (word.get() & CLOSED) != 0;
    }

    /** Lets the clients go from now on. */
    void retire() {
        retiring = true;
    }

    boolean isRetiring() {
        return retiring;
    }

    /** Whether the door is closed or the gate retires, so that every answer may be its client's last. */
    boolean isEnding() {
        return isClosed() || retiring;
    }

    int inFlight() {
        return (int) (word.get() & ~CLOSED);
    }

    /** Lets one request in, unless the door is closed. */
    boolean admit() {
        for (;;) {
            long now = word.get();
            if ((now & CLOSED) != 0) {
                return false;
            }
            if (word.compareAndSet(now, now + 1)) {
                admitted.increment();
                return true;
            }
        }
    }

    /** Takes an admitted request off the number in flight; its outcome is booked first, so that zero means all are. */
    void finish(Outcome outcome) {
        of(outcome).increment();
        word.decrementAndGet();
    }

    void refused(GateCounts.Refusal reason) {
        LongAdder adder = refusals.get(reason);
        if (adder != null) {
            adder.increment();
        }
    }

    /** The place of the next request in the order of all of this gate: a cut reaches what came before it. */
    long nextOrder() {
        return order.incrementAndGet();
    }

    void probeFailed() {
        failedProbes.increment();
    }

    void passed() {
        passed.increment();
    }

    void bodySent(int bytes) {
        if (isClosed()) {
            bytesAfterClosed.add(bytes);
        }
    }

    /** Counts a connection in; the number now open. */
    int connected() {
        return connections.incrementAndGet();
    }

    int connections() {
        return connections.get();
    }

    void disconnected() {
        connections.decrementAndGet();
    }

    void webSocketOpened() {
        webSockets.incrementAndGet();
    }

    void webSocketEnded() {
        webSockets.decrementAndGet();
    }

    GateCounts counts(Duration oldest) {
        long now = word.get();
        Map<GateCounts.Refusal, Long> refused = new EnumMap<>(GateCounts.Refusal.class);
        refusals.forEach((reason, adder) -> refused.put(reason, adder.sum()));
        Map<GateCounts.Cut, Long> cut = new EnumMap<>(GateCounts.Cut.class);
        cut.put(GateCounts.Cut.NOT_BEGUN, of(Outcome.CUT_NOT_BEGUN).sum());
        cut.put(GateCounts.Cut.EVENT_STREAM, of(Outcome.CUT_EVENT_STREAM).sum());
        cut.put(GateCounts.Cut.BODY, of(Outcome.CUT_BODY).sum());
        cut.put(GateCounts.Cut.WEB_SOCKET, of(Outcome.CUT_WEB_SOCKET).sum());
        return new GateCounts((now & CLOSED) != 0, (int) (now & ~CLOSED), webSockets.get(), connections.get(),
                admitted.sum(), of(Outcome.COMPLETED).sum(), of(Outcome.UPSTREAM_FAILED).sum(),
                of(Outcome.CLIENT_GONE).sum(), of(Outcome.LOST).sum(), cut, refused, failedProbes.sum(), passed.sum(),
                bytesAfterClosed.sum(), oldest);
    }

    private LongAdder of(Outcome outcome) {
        LongAdder adder = outcomes.get(outcome);
        if (adder == null) {
            throw new IllegalStateException("no book for " + outcome);
        }
        return adder;
    }
}
