// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.lastcall.agent.api.OperatorActions;
import dev.lastcall.agent.api.ReceivedEvent;
import dev.lastcall.agent.config.NoticesSettings;
import dev.lastcall.agent.drain.DrainSnapshot;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.drain.Phase;
import dev.lastcall.agent.systemd.OperatingSystem;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Reclamation;
import dev.lastcall.metadata.generic.ManualNotice;

/** Takes an operator's word to the notice board, where it counts as much as a provider's. Thread-safe. */
public final class OperatorCommands implements OperatorActions {

    /** Longest look whether stopped servers answer again; the command that asks waits for it. */
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(2);

    private final ManualNotice byOperator;
    private final ProviderEvents events;
    private final NoticesSettings config;
    private final OperatingSystem system;
    private final NoticeBoard board;
    private final Drains drains;
    private final TerminationMarkerFile mark;
    private final NodeClock clock;

    /**
     * @param events takes what a provider sends
     * @param mark released when the last door is opened by hand
     * @param system asked whether it goes down when a client says so
     */
    OperatorCommands(NoticeBoard board, Drains drains, ProviderEvents events, TerminationMarkerFile mark,
            NoticesSettings config, OperatingSystem system, NodeClock clock) {
        this.events = events;
        this.mark = mark;
        this.byOperator = ManualNotice.operator(board, clock);
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
        byOperator.raise(window, description);
        drains.confirm(Optional.of(Deadline.in(window, clock)));
        return board.reclamation()
                .<Answer>map(standing -> new Answer.Accepted("draining, "
                        + standing.deadline().remaining(clock).toSeconds() + " s left to the deadline set by "
                        + standing.notice().key()))
                .orElseGet(() -> new Answer.Refused("the notice was withdrawn again at once"));
    }

    @Override
    public Answer event(ReceivedEvent event) {
        return events.take(event);
    }

    @Override
    public Answer shutdown() {
        if (!config.osShutdown()) {
            return new Answer.Refused("notices.osShutdown is false: a shutdown is no notice");
        }
        if (!system.isShuttingDown()) {
            return new Answer.Refused("the operating system is not shutting down");
        }
        raiseShutdown();
        return new Answer.Accepted("the operating system is shutting down: draining");
    }

    /** Posts the operating system's shutdown as a notice. */
    public void raiseShutdown() {
        ManualNotice.shutdown(board, clock).raise(config.osShutdownWindow(), "the operating system is shutting down");
        drains.confirm(Optional.of(Deadline.in(config.osShutdownWindow(), clock)));
    }

    @Override
    public Answer undrain() {
        boolean ofOperator = byOperator.takeBack();
        boolean ofEvent = events.takeBack();
        boolean takenBack = takeBackShutdown() || ofOperator || ofEvent;
        Optional<Reclamation> active = board.reclamation();
        if (active.isPresent()) {
            return new Answer.Refused("the drain goes on: " + ofProvider(active.get()));
        }
        if (drains.standing().isPresent()) {
            return new Answer.Refused("the drain goes on: " + drains.standing().get().notice().key()
                    + " is withdrawn, but drain.reopen is false, so no door opens by itself; `lastcall reopen SERVER` opens one");
        }
        drains.reopenAnswering(ANSWER_BOUND);
        List<String> closed = closed();
        if (!closed.isEmpty()) {
            return new Answer.Unfinished(
                    (takenBack ? "the drain is taken back, but it was too late for " : "still closed: ")
                            + String.join(", ", closed)
                            + ": already asked to stop, its door stays closed. Start the server again, and the "
                            + "door opens when it answers; or type: lastcall reopen " + closed.getFirst());
        }
        return takenBack
                ? new Answer.Accepted("the drain is taken back; every door is open")
                : new Answer.Refused("no drain by an operator is on");
    }

    @Override
    public Answer reopen(String server) {
        Optional<Reclamation> active = board.reclamation();
        if (active.isPresent()) {
            return new Answer.Refused("the door of " + server + " stays closed: " + (isByOperator(active.get())
                    ? "a drain by hand is on; `lastcall undrain` takes it back, `lastcall forget` ends a rehearsal"
                    : ofProvider(active.get())));
        }
        Optional<DrainSnapshot> known = drains.snapshots()
                .stream()
                .filter(one -> one.server().equals(server))
                .findFirst();
        if (known.isEmpty()) {
            return new Answer.Refused("there is no server called " + server + "; there are "
                    + drains.snapshots().stream().map(DrainSnapshot::server).collect(Collectors.joining(", ")));
        }
        if (known.get().phase() == Phase.OPEN) {
            return new Answer.Accepted("the door of " + server + " is open already");
        }
        boolean open = drains.reopen(server);
        releaseMark();
        return open
                ? new Answer.Accepted("the door of " + server + " is open")
                : new Answer.Refused(
                        "the door of " + server + " stays closed: the server is being stopped, or a notice has just "
                                + "come; see `lastcall status`");
    }

    @Override
    public Answer forget() {
        Optional<Reclamation> active = board.reclamation().filter(standing -> !isByOperator(standing));
        if (active.isPresent()) {
            return new Answer.Refused("nothing is forgotten: " + ofProvider(active.get()));
        }
        List<String> draining = drains.snapshots()
                .stream()
                .filter(one -> one.phase().isActive())
                .map(DrainSnapshot::server)
                .toList();
        if (!draining.isEmpty()) {
            return new Answer.Refused("the drain of " + String.join(", ", draining)
                    + " is not over: wait for its end, or type: lastcall undrain");
        }
        List<String> closed = closed();
        byOperator.takeBack();
        closed.forEach(drains::reopen);
        releaseMark();
        return new Answer.Accepted(closed.isEmpty()
                ? "no finished drain holds a door"
                : "forgotten; open again: " + String.join(", ", closed));
    }

    /** A shutdown that was called off is a notice that only this method takes back. */
    private boolean takeBackShutdown() {
        return board.reclamation().filter(active -> active.notice().key().kind() == NoticeKind.OS_SHUTDOWN).isPresent()
                && !system.isShuttingDown() && ManualNotice.shutdown(board, clock).takeBack();
    }

    private static boolean isByOperator(Reclamation active) {
        return active.notice().key().kind() == NoticeKind.OPERATOR;
    }

    private static String ofProvider(Reclamation active) {
        if (ProviderEvents.isOfEvent(active)) {
            return active.notice().key()
                    + " came as an event, which no other event takes back; `lastcall undrain` does";
        }
        return active.notice().key() + " is a notice of the provider, which only the provider can withdraw";
    }

    private List<String> closed() {
        return drains.snapshots()
                .stream()
                .filter(one -> one.doorClosed() && !one.dryRun())
                .map(DrainSnapshot::server)
                .toList();
    }

    private void releaseMark() {
        if (drains.standing().isEmpty()) {
            mark.release();
        }
    }
}
