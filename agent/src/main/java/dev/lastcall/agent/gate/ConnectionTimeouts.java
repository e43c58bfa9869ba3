// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

/** How long a connection that serves no request may stay open: in the middle of a head, or idle. Confined to the event loop. */
final class ConnectionTimeouts {

    /** Idle connections are closed at moments spread over this part of the time there is, not all at once. */
    private static final double LEAST_GENTLE = 0.4;

    /** What has run out. */
    enum Verdict {
        /** Nothing. */
        GO_ON,
        /** The time for a head. */
        HEAD_LATE,
        /** The time after the closing of the door, or before the end of a gate that retires. */
        DOOR,
        /** The time between two requests. */
        IDLE
    }

    private final GateSettings.Times times;
    private final long gentleNanos;
    private boolean served;
    private boolean insideHead;
    private long headSince;
    private long quietSince;

    /**
     * Begins with a new connection.
     *
     * @param spread any number; it differs between connections, so that they do not all end at once
     */
    ConnectionTimeouts(GateSettings.Times times, int spread, long now) {
        this.times = times;
        gentleNanos = (long) (times.gentle().toNanos()
                * (LEAST_GENTLE + (1 - LEAST_GENTLE) * ((spread & 0xff) / 255.0)));
        quietSince = now;
    }

    /** What has been read so far ends inside a head, or not. */
    void noteHead(boolean inside, long now) {
        if (inside && !insideHead) {
            headSince = now;
        }
        insideHead = inside;
    }

    /** A request is served. */
    void begun() {
        served = true;
        insideHead = false;
    }

    /** A request has been served. */
    void ended(long now) {
        quietSince = now;
    }

    Verdict verdict(long now, Admission admission) {
        if (insideHead) {
            return now - headSince > times.requestHead().toNanos() ? Verdict.HEAD_LATE : Verdict.GO_ON;
        }
        if (admission.isClosedFor(now, quietSince, gentleNanos)) {
            return Verdict.DOOR;
        }
        return now - quietSince > (served ? times.clientIdle() : times.requestHead()).toNanos()
                ? Verdict.IDLE
                : Verdict.GO_ON;
    }
}
