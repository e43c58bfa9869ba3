// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.server.CutScope;
import dev.lastcall.agent.server.Cutter;

/**
 * Cuts in several ways, one after the other: a gate's first, because only a gate can tell a client honestly that its
 * answer is cut; the server's own abort then ends what did not come through the gate. Thread-safe.
 */
public final class SequentialCutter implements Cutter {

    private final List<Cutter> cutters;

    /** @param cutters in the order of their turns */
    public SequentialCutter(List<Cutter> cutters) {
        this.cutters = List.copyOf(cutters);
    }

    @Override
    public int cut(Duration bound) {
        return cut(bound, new CutScope());
    }

    @Override
    public int cut(Duration bound, CutScope scope) {
        if (cutters.isEmpty()) {
            return UNKNOWN;
        }
        Duration share = bound.dividedBy(cutters.size());
        int most = UNKNOWN;
        for (Cutter cutter : cutters) {
            // The ways overlap: what a gate cut may still be running when the server is asked.
            most = Math.max(most, cutter.cut(share, scope));
        }
        return most;
    }
}
