// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import dev.lastcall.agent.server.Door;
import dev.lastcall.metadata.NodeClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a door and, where that fails, goes on trying in the background until the door is as was last wanted.
 * Thread-safe; {@link #turn} tries once on the caller's thread and never throws.
 */
final class DoorKeeper {

    private static final Logger log = LoggerFactory.getLogger(DoorKeeper.class);

    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration MAX_RETRY = Duration.ofSeconds(2);

    /** With the delays above that is some three minutes, longer than any notice. */
    private static final int MAX_TRIES = 100;

    private final String server;
    private final Door door;
    private final NodeClock clock;

    private final ReentrantLock lock = new ReentrantLock();
    // All below is guarded by lock.
    private @Nullable Consumer<Door> wanted;
    private String verb = "";
    private String position = "";
    private @Nullable String problem;
    private long turnedAt;
    private boolean retrying;
    private boolean closed;

    DoorKeeper(String server, Door door, NodeClock clock) {
        this.server = server;
        this.door = door;
        this.clock = clock;
    }

    /** What the door says of letting requests in after a notice; one that cannot say it is closed at once. */
    Optional<Duration> lettingIn() {
        try {
            return door.lettingIn();
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /** Does what an action wants of the door, which of most is nothing. */
    void take(DrainAction action) {
        switch (action) {
            case DrainAction.AnnounceClosing(long cutAt) -> turn(one -> one.announceClosing(cutAt), "announce");
            case DrainAction.RefuseConnections _ -> turn(Door::refuseConnections, "refuse connections");
            case DrainAction.CloseDoor _ -> turn(Door::closeDoor, "close");
            case DrainAction.OpenDoor _ -> turn(Door::openDoor, "open");
            case DrainAction.Cut _,DrainAction.Terminate _,DrainAction.Kill _,DrainAction.Restart _ -> {
            }
        }
    }

    /** Turns the door; one that is in that position already is left as it is. */
    private void turn(Consumer<Door> how, String name) {
        lock.lock();
        try {
            if (position.equals(name)) {
                return;
            }
            wanted = how;
            verb = name;
            if (!attempt() && !retrying) {
                retrying = true;
                Thread.ofVirtual().name("drain-" + server + "-door").start(this::retry);
            }
        } finally {
            lock.unlock();
        }
    }

    /** How long after {@code instant} the door was last turned, zero where it was so already; empty while it does not move. */
    Optional<Duration> turnedAfter(long instant) {
        lock.lock();
        try {
            return wanted == null ? Optional.of(Duration.ofNanos(Math.max(0, turnedAt - instant))) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** What went wrong since the last call, once. */
    Optional<String> takeProblem() {
        lock.lock();
        try {
            Optional<String> taken = Optional.ofNullable(problem);
            problem = null;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private boolean attempt() {
        Consumer<Door> how = wanted;
        if (how == null || closed) {
            return true;
        }
        try {
            how.accept(door);
            wanted = null;
            position = verb;
            return true;
        } catch (RuntimeException e) {
            position = "";
            problem = "the door did not " + verb + ": " + e;
            return false;
        } finally {
            turnedAt = clock.nanoTime();
        }
    }

    private void retry() {
        log.atError().addKeyValue("server", server).log("the door does not move; trying again");
        Duration delay = FIRST_RETRY;
        for (int tries = 1; tries <= MAX_TRIES; tries++) {
            try {
                clock.sleep(delay);
            } catch (InterruptedException e) {
                return;
            }
            lock.lock();
            try {
                if (attempt()) {
                    retrying = false;
                    return;
                }
            } finally {
                lock.unlock();
            }
            delay = delay.multipliedBy(2).compareTo(MAX_RETRY) < 0 ? delay.multipliedBy(2) : MAX_RETRY;
        }
        log.atError().addKeyValue("server", server).addKeyValue("tries", MAX_TRIES).log("gave up on the door");
        lock.lock();
        try {
            retrying = false;
        } finally {
            lock.unlock();
        }
    }
}
