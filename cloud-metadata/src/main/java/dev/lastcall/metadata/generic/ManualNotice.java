// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.generic;

import java.time.Duration;

import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;

/**
 * A notice that no source polls for: a caller raises it. It is active until the caller takes it back, which takes effect at
 * once. Raising it again can only move the deadline earlier. Thread-safe.
 */
public final class ManualNotice {

    private final NoticeBoard board;
    private final NodeClock clock;
    private final NoticeKey key;

    private ManualNotice(NoticeBoard board, NodeClock clock, NoticeKey key) {
        this.board = board;
        this.clock = clock;
        this.key = key;
    }

    /** The operator's. */
    public static ManualNotice operator(NoticeBoard board, NodeClock clock) {
        return new ManualNotice(board, clock, NoticeKey.of("operator", NoticeKind.OPERATOR));
    }

    /** The operating system's, as it begins to shut down. */
    public static ManualNotice shutdown(NoticeBoard board, NodeClock clock) {
        return new ManualNotice(board, clock, NoticeKey.of("os-shutdown", NoticeKind.OS_SHUTDOWN));
    }

    /** Raises it: the node is gone in {@code window}. */
    public void raise(Duration window, String why) {
        board.offer(new Notice(key, Finality.FINAL, Deadline.in(window, clock), why));
    }

    /** Withdraws it. False where it was not active. */
    public boolean takeBack() {
        return board.withdraw(key);
    }
}
