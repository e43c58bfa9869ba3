// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import dev.lastcall.agent.drain.DrainTransition;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.drain.Phase;
import dev.lastcall.metadata.NoticeBoard;

/** Approves the provider's event once every server has stopped, where that is configured, so that it may begin early. */
final class EarlyApproval implements DrainTransition.Listener {

    private final NoticeBoard board;
    private final Drains drains;
    private final NoticeSources sources;

    EarlyApproval(NoticeBoard board, Drains drains, NoticeSources sources) {
        this.board = board;
        this.drains = drains;
        this.sources = sources;
    }

    @Override
    public void on(DrainTransition transition) {
        boolean over = drains.snapshots().stream().allMatch(drain -> drain.phase() == Phase.STOPPED);
        if (over && sources.approvesWhenIdle()) {
            board.reclamation().ifPresent(active -> sources.approve(active.notice().key()));
        }
    }
}
