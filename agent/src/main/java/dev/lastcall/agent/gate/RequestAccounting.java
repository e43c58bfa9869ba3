// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

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
    private volatile boolean livenessAsked;
    private volatile @Nullable Announcement announcement;
    /** Requests after this place in the order were admitted after the notice. */
    private volatile long announcedAt = Long.MAX_VALUE;
    private final LongAdder lateAdmitted = new LongAdder();
    private final LongAdder lateCompleted = new LongAdder();
    private final LongAdder lateCut = new LongAdder();
    private final LongAdder lateLost = new LongAdder();
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

    /** Announces that the door is about to be closed; false if it is closed, or that has been announced. */
    boolean announce(Announcement made) {
        if (isClosed() || announcement != null) {
            return false;
        }
        announcedAt = order.get();
        announcement = made;
        return true;
    }

    /** The announcement, while the door is neither open nor closed. */
    @Nullable
    Announcement announcement() {
        return announcement;
    }

    /** Closes the door; true if it was not closed. */
    boolean closeDoor() {
        boolean closes = (word.getAndUpdate(w -> w | CLOSED) & CLOSED) == 0;
        announcement = null;
        return closes;
    }

    /** Opens the door; true if it was not open. */
    boolean openDoor() {
        boolean announced = announcement != null;
        announcement = null;
        announcedAt = Long.MAX_VALUE;
        return (word.getAndUpdate(w -> w & ~CLOSED) & CLOSED) != 0 || announced;
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

    /** Whether clients are to go elsewhere, so that every answer may be its client's last. */
    boolean isEnding() {
        return isClosed() || retiring || announcement != null;
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

    /** The place of a request that has just been admitted in the order of all of this gate. */
    long admittedOrder() {
        long place = nextOrder();
        if (place > announcedAt) {
            lateAdmitted.increment();
        }
        return place;
    }

    /**
     * Takes an admitted request off the number in flight; its outcome is booked first, so that zero means all are.
     *
     * @param place its {@link #admittedOrder}
     */
    void finish(Outcome outcome, long place) {
        of(outcome).increment();
        if (place > announcedAt) {
            switch (outcome) {
                case COMPLETED -> lateCompleted.increment();
                case CUT_NOT_BEGUN, CUT_EVENT_STREAM, CUT_BODY, CUT_WEB_SOCKET -> lateCut.increment();
                case LOST -> lateLost.increment();
                case UPSTREAM_FAILED, CLIENT_GONE -> {
                }
            }
        }
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

    /** A liveness path has been asked at the gate's own address. */
    void livenessAsked() {
        if (!livenessAsked) {
            livenessAsked = true;
        }
    }

    boolean wasLivenessAsked() {
        return livenessAsked;
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
                bytesAfterClosed.sum(), oldest, new GateCounts.Late(announcement != null, lateAdmitted.sum(),
                        lateCompleted.sum(), lateCut.sum(), lateLost.sum()));
    }

    private LongAdder of(Outcome outcome) {
        LongAdder adder = outcomes.get(outcome);
        if (adder == null) {
            throw new IllegalStateException("no book for " + outcome);
        }
        return adder;
    }
}
