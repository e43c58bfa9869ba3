// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.lastcall.agent.drain.Drains;
import dev.lastcall.metadata.BoardSnapshot;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.Reclamation;

/**
 * Passes on to the notice board what the sources see. After a restart in mid-drain, the first source that says that the node
 * is still being reclaimed lets the drains go on. Thread-safe.
 */
public final class NoticeConfirmation implements NoticeSource.ObservationSink {

    private final NoticeBoard board;
    private final Drains drains;
    private final NodeClock clock;

    public NoticeConfirmation(NoticeBoard board, Drains drains, NodeClock clock) {
        this.board = board;
        this.drains = drains;
        this.clock = clock;
    }

    /**
     * A drain was taken up. A drain by hand can't have been withdrawn while no agent was there; any other notice counts as
     * confirmed when its source had its time. After the deadline neither does.
     */
    public void resumed(Reclamation reclamation) {
        if (reclamation.deadline().remaining(clock).isZero()) {
            return;
        }
        if (reclamation.notice().key().kind() == NoticeKind.OPERATOR) {
            drains.confirm(Optional.empty());
            return;
        }
        Thread.ofVirtual().name("confirmation").start(() -> {
            try {
                clock.sleep(Drains.CONFIRM_BOUND);
                drains.confirm(Optional.empty());
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public void observe(String source, Observation observation) {
        board.observe(source, observation);
        if (drains.isUnconfirmed() && observation instanceof Observation.Present present) {
            List<Notice> confirming = confirming(present.notices());
            if (!confirming.isEmpty()) {
                drains.confirm(ahead(confirming));
            }
        }
    }

    @Override
    public LoopObserver loops() {
        return board.loops();
    }

    /** The notice that the earlier process saw, or any other that is final by now. */
    private List<Notice> confirming(List<Notice> seen) {
        Set<NoticeKey> reclaiming = Stream
                .concat(drains.standing().map(Reclamation::notice).map(Notice::key).stream(),
                        board.snapshot()
                                .notices()
                                .stream()
                                .filter(BoardSnapshot.Posted::isFinal)
                                .map(posted -> posted.notice().key()))
                .collect(Collectors.toSet());
        return seen.stream().filter(notice -> reclaiming.contains(notice.key())).toList();
    }

    private Optional<Deadline> ahead(List<Notice> notices) {
        return notices.stream()
                .flatMap(notice -> Optional.ofNullable(notice.deadline()).stream())
                .filter(deadline -> !deadline.remaining(clock).isZero())
                .reduce((first, second) -> first.earlier(second));
    }
}
