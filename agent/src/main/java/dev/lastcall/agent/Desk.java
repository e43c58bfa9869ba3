// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.time.Duration;

import dev.lastcall.agent.api.OperatorDesk;
import dev.lastcall.agent.config.NoticesConfig;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.generic.ToldNotice;

/** Takes an operator's word to the notice board, where it counts as much as a provider's. Thread-safe. */
final class Desk implements OperatorDesk {

    private final ToldNotice told;
    private final NoticesConfig config;
    private final OperatingSystem system;
    private final NoticeBoard board;
    private final Drains drains;
    private final NodeClock clock;

    /** @param system asked whether it goes down when somebody says so */
    Desk(NoticeBoard board, Drains drains, NoticesConfig config, OperatingSystem system, NodeClock clock) {
        this.told = ToldNotice.operator(board, clock);
        this.config = config;
        this.system = system;
        this.board = board;
        this.drains = drains;
        this.clock = clock;
    }

    @Override
    public Answer drain(Duration window) {
        return notice("drain by an operator", window);
    }

    @Override
    public Answer notice(String description, Duration window) {
        told.tell(window, description);
        return board.reclamation()
                .<Answer>map(standing -> new Answer.Accepted("draining, "
                        + standing.deadline().remaining(clock).toSeconds() + " s left to the deadline set by "
                        + standing.notice().key()))
                .orElseGet(() -> new Answer.Refused("the notice was withdrawn again at once"));
    }

    @Override
    public Answer shutdown() {
        if (!config.osShutdown()) {
            return new Answer.Refused("notices.osShutdown is false: a shutdown is no notice");
        }
        if (!system.isShuttingDown()) {
            return new Answer.Refused("the operating system is not shutting down");
        }
        ToldNotice.shutdown(board, clock).tell(config.osShutdownWindow(), "the operating system is shutting down");
        return new Answer.Accepted("the operating system is shutting down: draining");
    }

    @Override
    public Answer undrain() {
        boolean stood = told.takeBack();
        return board.reclamation()
                .<Answer>map(standing -> new Answer.Refused("the drain goes on: " + standing.notice().key()
                        + " is a notice of the provider, which only the provider can withdraw"))
                .or(() -> drains.standing()
                        .map(standing -> new Answer.Refused("the drain goes on: " + standing.notice().key()
                                + " is withdrawn, but drain.reopen is false, so no door opens again")))
                .orElseGet(() -> stood
                        ? new Answer.Accepted("withdrawn; doors are open again unless a server was already stopped")
                        : new Answer.Refused("no drain by an operator is on"));
    }
}
