// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts that are open, to be closed in the reverse order, so that a part ends before those that it uses. A part that fails
 * to close is logged and keeps no other from being closed. Thread-safe.
 */
public final class CloseStack implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CloseStack.class);

    private record Part(String name, AutoCloseable closeable) {}

    private final Deque<Part> open = new ArrayDeque<>(); // guarded by this
    private boolean closed; // guarded by this

    /**
     * Takes a part in. Once the stack is closed, a part that comes late is closed at once.
     *
     * @param name for people
     * @return the part
     */
    public <T extends AutoCloseable> T push(String name, T part) {
        Part taken = new Part(name, part);
        if (!keep(taken)) {
            close(taken);
        }
        return part;
    }

    private synchronized boolean keep(Part part) {
        if (!closed) {
            open.push(part);
        }
        return !closed;
    }

    /** Closes every part, the last one first. Idempotent. */
    @Override
    public void close() {
        for (Part part = next(); part != null; part = next()) {
            close(part);
        }
    }

    private synchronized @Nullable Part next() {
        closed = true;
        return open.poll();
    }

    private static void close(Part part) {
        try {
            part.closeable().close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (Exception | Error failed) {
            log.atWarn()
                    .setCause(failed)
                    .addKeyValue("part", part.name())
                    .log("a part of the agent did not close cleanly");
        }
    }
}
