// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.time.Duration;
import java.util.List;

import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;

/**
 * Posts notices on boards of its own at the agent's start. A switch over kinds of events is linked when it is run first,
 * which costs milliseconds for each that hears the board; a node's only notice should not pay for that.
 */
public final class BoardPrewarm {

    private static final Duration WINDOW = Duration.ofMinutes(2);
    private static final NoticeKey KEY = NoticeKey.of("rehearsal", NoticeKind.OPERATOR);

    private BoardPrewarm() {}

    /** @param hearers hear of an advisory that comes and goes, which asks nothing of them */
    public static void run(NodeClock clock, List<? extends NoticeEvent.Listener> hearers) {
        comeAndGo(new NoticeBoard(clock, hearers), Finality.ADVISORY, clock);
        NoticeEvent.Listener idle = event -> {};
        comeAndGo(new NoticeBoard(clock, List.of(idle)), Finality.FINAL, clock);
    }

    private static void comeAndGo(NoticeBoard board, Finality finality, NodeClock clock) {
        board.offer(new Notice(KEY, finality, Deadline.in(WINDOW, clock), ""));
        board.withdraw(KEY);
    }
}
