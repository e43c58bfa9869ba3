// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.testing;

import java.util.ArrayList;
import java.util.List;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;

/** Keeps what sources reported. */
public final class RecordingSink implements NoticeSource.ObservationSink {

    private final List<Observation> seen = new ArrayList<>();

    @Override
    public synchronized void observe(String source, Observation observation) {
        seen.add(observation);
    }

    /** All that was reported, in order. */
    public synchronized List<Observation> seen() {
        return List.copyOf(seen);
    }

    /** The newest report. */
    public synchronized Observation last() {
        return seen.getLast();
    }

    /** The one notice of the newest report. */
    public Notice notice() {
        if (last() instanceof Observation.Present present && present.notices().size() == 1) {
            return present.notices().getFirst();
        }
        throw new AssertionError("no single notice but " + last());
    }

    /** The problem of the newest report. */
    public MetadataProblem problem() {
        if (last() instanceof Observation.Unknown unknown) {
            return unknown.problem();
        }
        throw new AssertionError("no problem but " + last());
    }
}
