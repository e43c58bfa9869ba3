// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A notice on the board, from its first sight until it is withdrawn. Not thread-safe: guarded by the board's lock.
 *
 * <p>One that was past its time at the first answer of its source is in doubt: it may have been left behind by a provider that
 * failed to take the node back. It asks for nothing until its time changes.
 */
final class ActiveNotice {

    private Notice notice;
    private boolean isFinal;
    private boolean doubted;
    private int absences;
    private long firstAbsentNanos;

    /** @param absentBefore whether its source had given a definite answer without it before */
    ActiveNotice(Notice notice, boolean absentBefore) {
        this.notice = notice;
        this.doubted = notice.pastTime() != null && !absentBefore;
        this.isFinal = !doubted && notice.finality() instanceof Finality.Final;
    }

    /**
     * Seen again. While it is not final the newest word holds, also a later time: plans move. Once final it stays so and
     * its deadline only moves earlier.
     */
    void seen(Notice again) {
        absences = 0;
        if (doubted) {
            if (Objects.equals(again.pastTime(), notice.pastTime())) {
                return;
            }
            doubted = false;
        }
        if (!isFinal) {
            notice = again;
            isFinal = again.finality() instanceof Finality.Final;
            return;
        }
        Deadline held = notice.deadline();
        Deadline named = again.deadline();
        if (held != null && named != null && named.isBefore(held)) {
            notice = new Notice(notice.key(), notice.finality(), named, again.description(), notice.pastTime());
        }
    }

    /** Makes it final, because its time has come near or because it was final before a restart. */
    void makeFinal() {
        doubted = false;
        isFinal = true;
    }

    /** The machine was paused for so long, and less is left by that. */
    void moveEarlier(Duration by) {
        Deadline held = notice.deadline();
        if (held != null) {
            notice = notice.withDeadline(held.minus(by));
        }
    }

    /** Whether no more than its lead is left. */
    boolean isDue(long nowNanos) {
        Deadline deadline = notice.deadline();
        return !isFinal && !doubted && deadline != null && notice.finality() instanceof Finality.FinalBefore before
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

    /** Whether it was past its time when it was first seen, and nothing has confirmed it. */
    boolean isDoubted() {
        return doubted;
    }

    /** Its deadline where it asks for the drain; null where it does not yet. */
    @Nullable
    Deadline bindingDeadline() {
        return isFinal ? notice.deadline() : null;
    }
}
