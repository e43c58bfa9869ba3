// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.systemd.OperatingSystem;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.metadata.BoardTicker;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Reclamation;
import dev.lastcall.metadata.http.MetadataTransport;

/**
 * The notices of this node, from the sources to the drains: makes the board, what looks for it and what hears of it. Thread-safe.
 */
public final class Notices implements AutoCloseable {

    private final AgentConfig config;
    private final NodeClock clock;
    private final Drains drains;
    private final Outside outside;
    private final TerminationMarkerFile mark;
    private final NoticeBoard board;
    private final NoticeConfirmation confirmation;
    private final NoticeSources sources;
    private final BoardTicker ticker;

    /**
     * Listeners that report to others than this process.
     *
     * @param ahead those that hear of a notice even before the doors close
     * @param listeners all of them
     * @param sources of notices that they are as well
     */
    public record Outside(List<NoticeEvent.Listener> ahead, List<NoticeEvent.Listener> listeners,
            List<NoticeSource> sources) {}

    /**
     * Makes it; no source looks yet.
     *
     * @param transport asks the metadata servers
     * @param outside hears of notices as {@link NoticeDispatchOrder} says
     * @param runtimeDirectory where a file says that a notice is active; empty for nowhere
     */
    public Notices(AgentConfig config, MetadataTransport transport, Drains drains, Outside outside,
            Optional<Path> runtimeDirectory, Metrics metrics, NodeClock clock, LoopObserver faults) {
        this.config = config;
        this.clock = clock;
        this.drains = drains;
        this.outside = outside;
        boolean dryRun = config.drain().dryRun();
        mark = new TerminationMarkerFile(dryRun ? Optional.empty() : runtimeDirectory, config.drain().reopen());
        NoticeLog log = new NoticeLog(metrics, clock);
        board = new NoticeBoard(clock,
                NoticeDispatchOrder.inOrder(mark, drains, outside.ahead(), outside.listeners(), log), List.of(log),
                faults);
        confirmation = new NoticeConfirmation(board, drains, clock);
        sources = new NoticeSources(config, transport, Path.of("/"), outside.sources(), clock, board,
                confirmation,
                new NoticeMeters(metrics, board, clock)::source, faults);
        ticker = new BoardTicker(board, clock, sources::lookNow);
        if (!dryRun) {
            // In a dry run nothing was drained, and an approved event starts at once.
            drains.addListener(new EarlyApproval(board, drains, sources));
        }
    }

    /**
     * Begins where the last agent was. Called once, after the drains have done so and before {@link #start}.
     *
     * @param resumed what the drains go on with; empty where none was on
     */
    public void resume(Optional<Reclamation> resumed) {
        mark.begin(resumed.isPresent());
        resumed.ifPresent(board::restore);
        resumed.ifPresent(confirmation::resumed);
    }

    /** Begins to look. Called once. */
    public void start() {
        List<NoticeEvent.Listener> hearers = new ArrayList<>(outside.listeners());
        hearers.add(drains);
        // Off the way of the start.
        Thread.ofVirtual().name("rehearsal").start(() -> BoardPrewarm.run(clock, hearers));
        ticker.start();
        sources.start();
    }

    /** What is known now. */
    public NoticeBoard board() {
        return board;
    }

    /** Where it comes from. */
    public NoticeSources sources() {
        return sources;
    }

    /** What an operator, or {@code system}, may add to it. */
    public OperatorCommands commands(OperatingSystem system) {
        ProviderEvents events = new ProviderEvents(board, drains, sources::instance, config.sources().aws(), clock);
        return new OperatorCommands(board, drains, events, mark, config.notices(), system, clock);
    }

    /** What the drains work to: the active final notice, or a withdrawn one after which no door opens again. */
    public Optional<Reclamation> reclamation() {
        return board.reclamation().or(drains::standing);
    }

    /** Whether the board's time goes on. */
    public boolean isTicking() {
        return ticker.isTicking();
    }

    /** Ends the looking. */
    @Override
    public void close() {
        sources.close();
        ticker.close();
    }
}
