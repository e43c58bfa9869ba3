// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.time.Duration;

import dev.lastcall.metadata.NodeClock;
import tools.jackson.databind.JsonNode;

/** Looks at the agent's status all the time: which doors are open, and whether a cut is going on. Thread-safe. */
final class DoorWatch implements AutoCloseable {

    private static final Duration PACE = Duration.ofMillis(100);
    /** What a client sees of a cut may reach it a little after the door is open again. */
    private static final Duration AFTER_THE_CUT = Duration.ofSeconds(4);

    /** A refusal may be read so long after the door is open again. */
    private static final Duration AFTER_REOPENING = Duration.ofSeconds(2);

    private final SoakAgent agent;
    private final Thread looks;
    private volatile boolean noticeActive;
    private volatile long openSince = NodeClock.system().nanoTime();
    private volatile boolean allOpen;
    private volatile boolean allClosed;
    private volatile boolean cutSeen;
    private volatile long closedNanos = Long.MAX_VALUE;
    private volatile long cutAllowedUntil = NodeClock.system().nanoTime();

    DoorWatch(SoakAgent agent) {
        this.agent = agent;
        looks = Thread.ofVirtual().name("door-watch").start(this::look);
    }

    private void look() {
        try {
            while (true) {
                JsonNode servers = agent.servers();
                boolean open = !servers.isEmpty();
                boolean closed = !servers.isEmpty();
                for (JsonNode server : servers) {
                    boolean door = server.path("doorOpen").asBoolean(false);
                    open &= door;
                    closed &= !door;
                    cutSeen |= server.path("phase").asString("").equals("cutting");
                }
                allOpen = open;
                allClosed = closed;
                NodeClock.system().sleep(PACE);
            }
        } catch (InterruptedException closed) {
            // The one way to end: close() interrupts.
        }
    }

    boolean allOpen() {
        return allOpen;
    }

    boolean allClosed() {
        return allClosed;
    }

    /** Whether a client may be refused: a notice is active, or was a moment ago. */
    boolean isRefusalAllowed() {
        return noticeActive || NodeClock.system().nanoTime() - openSince < 0;
    }

    void setNoticeActive(boolean now) {
        openSince = NodeClock.system().nanoTime() + AFTER_REOPENING.toNanos();
        noticeActive = now;
    }

    /** Whether a cut has been seen since this was last asked. */
    boolean tookCut() {
        boolean seen = cutSeen;
        cutSeen = false;
        return seen;
    }

    /** Clients may see cuts for so long, and a little. */
    void allowCuts(Duration time) {
        closedNanos = Long.MAX_VALUE;
        cutAllowedUntil = NodeClock.system().nanoTime() + time.plus(AFTER_THE_CUT).toNanos();
    }

    /** All doors have been seen closed: what is sent from now on is not let in, or only after the withdrawal, and is never cut. */
    void closed() {
        closedNanos = NodeClock.system().nanoTime();
    }

    /** Whether a request that was sent then may be cut now. */
    boolean isCutAllowed(long sentNanos) {
        return sentNanos < closedNanos && NodeClock.system().nanoTime() - cutAllowedUntil < 0;
    }

    @Override
    public void close() {
        looks.interrupt();
    }
}
