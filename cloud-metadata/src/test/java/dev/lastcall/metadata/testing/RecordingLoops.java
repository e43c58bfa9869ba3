// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.metadata.LoopObserver;

/** Keeps the events of loops: {@code name failed: fault} and {@code name recovered}. */
public final class RecordingLoops implements LoopObserver {

    private final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void failed(String part, Throwable fault) {
        events.add(part + " failed: " + fault.getMessage());
    }

    @Override
    public void recovered(String part) {
        events.add(part + " recovered");
    }

    /** All of it, in order. */
    public List<String> events() {
        return events;
    }
}
