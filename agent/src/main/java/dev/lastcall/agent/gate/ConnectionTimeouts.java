// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

/** How long a connection that serves no request may stay open: in the middle of a head, or idle. Confined to the event loop. */
final class ConnectionTimeouts {

    /** What has run out. */
    enum Verdict {
        /** Nothing. */
        GO_ON,
        /** The time for a head. */
        HEAD_LATE,
        /** The time before the end of a gate that retires. */
        LEFT,
        /** The time between two requests. */
        IDLE
    }

    private final GateSettings.Times times;
    private boolean served;
    private boolean insideHead;
    private long headSince;
    private long quietSince;

    /** Begins with a new connection. */
    ConnectionTimeouts(GateSettings.Times times, long now) {
        this.times = times;
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
        if (admission.isLeft(now, quietSince)) {
            return Verdict.LEFT;
        }
        return now - quietSince > (served ? times.clientIdle() : times.requestHead()).toNanos()
                ? Verdict.IDLE
                : Verdict.GO_ON;
    }
}
