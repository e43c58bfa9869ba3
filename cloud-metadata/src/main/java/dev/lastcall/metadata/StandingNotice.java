// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import org.jspecify.annotations.Nullable;

/** A notice on the board, from its first sight until it is withdrawn. Not thread-safe: guarded by the board's lock. */
final class StandingNotice {

    private Notice notice;
    private boolean isFinal;
    private int absences;
    private long firstAbsentNanos;

    StandingNotice(Notice notice) {
        this.notice = notice;
        this.isFinal = notice.finality() instanceof Finality.Final;
    }

    /**
     * Seen again. While it is not final the newest word holds, also a later time: plans move. Once final it stays so and
     * its deadline only moves earlier.
     */
    void seen(Notice again) {
        absences = 0;
        if (!isFinal) {
            notice = again;
            isFinal = again.finality() instanceof Finality.Final;
            return;
        }
        Deadline held = notice.deadline();
        Deadline told = again.deadline();
        if (held != null && told != null && told.isBefore(held)) {
            notice = new Notice(notice.key(), notice.finality(), told, again.description());
        }
    }

    /** Makes it final, because its time has come near or because it was final before a restart. */
    void makeFinal() {
        isFinal = true;
    }

    /** Whether no more than its lead is left. */
    boolean isDue(long nowNanos) {
        Deadline deadline = notice.deadline();
        return !isFinal && deadline != null && notice.finality() instanceof Finality.FinalBefore before
                && deadline.minus(before.lead()).nanoTime() - nowNanos <= 0;
    }

    /** Takes a definite no from its source; true once there have been enough of them, over long enough, to believe it. */
    boolean absent(long nowNanos) {
        if (absences++ == 0) {
            firstAbsentNanos = nowNanos;
        }
        return absences >= NoticeBoard.WITHDRAWAL_ABSENCES
                && nowNanos - firstAbsentNanos >= NoticeBoard.WITHDRAWAL_SPAN.toNanos();
    }

    Notice notice() {
        return notice;
    }

    boolean isFinal() {
        return isFinal;
    }

    /** Its deadline where it asks for the drain; null where it does not yet. */
    @Nullable
    Deadline bindingDeadline() {
        return isFinal ? notice.deadline() : null;
    }
}
