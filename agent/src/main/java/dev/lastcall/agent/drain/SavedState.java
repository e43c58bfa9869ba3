// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Instant;
import java.util.List;

import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.Reclamation;

/**
 * The state file's content: the reclamation and how far each server's drain had come.
 *
 * @param version of this shape; another one is not read
 * @param bootId the boot that it holds for
 * @param notice the notice's identity
 * @param description what the provider said
 * @param detectedAt T0 by the host's clock
 * @param detected T0 in milliseconds since boot
 * @param deadline the deadline in milliseconds since boot
 * @param drains one for each server that was being drained
 */
record SavedState(int version, String bootId, NoticeKey notice, String description, Instant detectedAt, long detected,
        long deadline, List<SavedDrain> drains) {

    static final int VERSION = 2;

    SavedState {
        drains = List.copyOf(drains);
    }

    static SavedState of(Reclamation reclamation, List<SavedDrain> drains, BootClock clock) {
        return new SavedState(VERSION, clock.bootId(), reclamation.notice().key(), reclamation.notice().description(),
                reclamation.detectedAt(), clock.uptimeMillis(reclamation.detectedNanos()),
                clock.uptimeMillis(reclamation.deadline().nanoTime()), drains);
    }

    Reclamation reclamation(BootClock clock) {
        var until = new Deadline(clock.nanoTime(deadline));
        return new Reclamation(new Notice(notice, Finality.FINAL, until, description), until, detectedAt,
                clock.nanoTime(detected));
    }
}
