// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.metadata.LoopObserver;

/** Keeps what was told of loops: {@code name failed: fault} and {@code name recovered}. */
public final class RecordingLoops implements LoopObserver {

    private final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void failed(String part, Throwable fault) {
        told.add(part + " failed: " + fault.getMessage());
    }

    @Override
    public void recovered(String part) {
        told.add(part + " recovered");
    }

    /** All of it, in order. */
    public List<String> told() {
        return told;
    }
}
