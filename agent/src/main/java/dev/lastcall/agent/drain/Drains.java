// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.Reclamation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The drains of all servers of this node. Hears the notice board and hands every transition to each drain; keeps the
 * state file and the records.
 *
 * <p>Thread-safe. {@link #on} closes every door, or announces that, before it returns and before anything else is done about a notice: no
 * log line, no disk, no network comes first, and no door that fails or throws keeps another from closing.
 */
public final class Drains implements NoticeEvent.Listener, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Drains.class);

    /** Records kept in memory for status. */
    static final int RECENT_RECORDS = 50;

    /** After a restart in mid-drain: how long the sources have to confirm the notice before the drains go on unconfirmed. */
    public static final Duration CONFIRM_BOUND = DrainMachine.CONFIRM_BOUND;

    /** Longest wait for the listeners when the agent ends. */
    private static final Duration REPORTED_BOUND = Duration.ofSeconds(2);

    private final List<Drain> drains = new CopyOnWriteArrayList<>();
    private final NodeClock clock;
    private final DrainStore ledger;
    private final DrainSettings settings;
    private final AtomicReference<Optional<Reclamation>> standing = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<Reclamation>> onBoard = new AtomicReference<>(Optional.empty());
    private final List<Runnable> confirmListeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean unconfirmed = new AtomicBoolean();
    private final List<DrainTransition.Listener> listeners = new CopyOnWriteArrayList<>();
    private final Deque<DrainRecord> recent = new ArrayDeque<>(); // guarded by itself

    /**
     * Prepares a drain for each server; touches none of them.
     *
     * @param servers the node's servers, with different names
     * @param settings how they are drained
     * @param clock the node's clocks
     * @param ledger where the state and the records go; closed by {@link #close}
     */
    public Drains(List<InferenceServer> servers, DrainSettings settings, NodeClock clock, DrainStore ledger) {
        this.ledger = ledger;
        this.settings = settings;
        this.clock = clock;
        servers.forEach(server -> drains.add(drain(server)));
        DrainPrewarm.run(settings.policy(), clock, ledger);
    }

    private Drain drain(InferenceServer server) {
        return new Drain(server, settings.policy(), settings.dryRun(), clock, this::transition);
    }

    /** Takes in a server that was found while the agent runs; where a final notice is active, its drain begins at once. */
    public void add(InferenceServer server) {
        Drain drain = drain(server);
        drains.add(drain);
        // Read after the drain can be reached: a notice in between is then heard here or there, and twice does no harm.
        standing.get().ifPresent(reclamation -> {
            if (unconfirmed.get()) {
                drain.resume(reclamation);
            } else {
                drain.noticed(reclamation);
            }
            if (!unconfirmed.get()) {
                drain.confirmed(Optional.empty());
            }
        });
    }

    /** Lets a server go that is not there any more; its drain, if one is on, ends where it is and leaves no record. */
    public void remove(String server) {
        drains.stream().filter(drain -> drain.name().equals(server)).toList().forEach(drain -> {
            drains.remove(drain);
            drain.close();
        });
    }

    /** Has {@code listener} run once a drain from before a restart is confirmed, after the drains; it must return at once. */
    public void addConfirmListener(Runnable listener) {
        confirmListeners.add(listener);
    }

    /** Adds a listener of every transition. It is called off the critical path, on a thread of that server's drain. */
    public void addListener(DrainTransition.Listener listener) {
        listeners.add(listener);
    }

    /**
     * Takes up the drain that an earlier process of this boot was in: the doors are closed when this returns, and the
     * deadline is the same. Called once, before the servers' gates listen and before the sources start.
     *
     * @return the reclamation that is active, so that the notice board can begin with it; empty where no drain was on
     */
    public Optional<Reclamation> resume() {
        Optional<SavedState> saved = settings.dryRun() ? Optional.empty() : ledger.load();
        if (saved.isEmpty() || ledger.bootClock().isEmpty()) {
            return Optional.empty();
        }
        BootClock boot = ledger.bootClock().get();
        Reclamation reclamation = saved.get().reclamation(boot);
        Map<String, SavedDrain> byName = saved.get()
                .drains()
                .stream()
                .collect(Collectors.toMap(SavedDrain::server, drain -> drain, (first, second) -> first));
        standing.set(Optional.of(reclamation));
        unconfirmed.set(true);
        for (Drain drain : drains) {
            Optional.ofNullable(byName.get(drain.name()))
                    .flatMap(one -> one.state(boot))
                    .ifPresentOrElse(
                            state -> drain.resume(state, reclamation), () -> drain.resume(reclamation));
        }
        log.atWarn()
                .addKeyValue("notice", reclamation.notice().key())
                .addKeyValue("detectedAt", reclamation.detectedAt())
                .addKeyValue("left", reclamation.deadline().remaining(clock).toSeconds() + "s")
                .log(reclamation.deadline().remaining(clock).isZero()
                        ? "the agent was restarted in mid-drain after the deadline: the door stays closed, and no server is stopped "
                                + "unless the notice is confirmed"
                        : "the agent was restarted in mid-drain and goes on with it, door closed, deadline unchanged");
        return Optional.of(reclamation);
    }

    /**
     * After {@link #resume}: a source, an operator or the operating system says that the node is being reclaimed, so that the
     * drains go on at once. Does nothing at any other time.
     *
     * @param deadline by when, if they say so and if that lies ahead
     */
    public void confirm(Optional<Deadline> deadline) {
        if (unconfirmed.compareAndSet(true, false)) {
            drains.forEach(drain -> drain.confirmed(deadline));
            confirmListeners.forEach(Runnable::run);
        }
    }

    /** The latest deadline that a drain which is on works to; empty where none is on. */
    public Optional<Deadline> deadline() {
        return drains.stream()
                .map(Drain::state)
                .filter(DrainState::isActive)
                .flatMap(state -> state instanceof DrainState.Scheduled on
                        ? Stream.of(on.schedule().deadline())
                        : Stream.empty())
                .reduce((first, second) -> first.isBefore(second) ? second : first);
    }

    /** The servers whose drain from before a restart is past its deadline, so that it waits to be confirmed. */
    public List<String> awaitingConfirmation() {
        return drains.stream()
                .filter(drain -> drain.state() instanceof DrainState.Confirming confirming && confirming.isOverdue())
                .map(Drain::name)
                .toList();
    }

    /** Whether a drain from before a restart waits to be confirmed. */
    public boolean isUnconfirmed() {
        return unconfirmed.get();
    }

    /**
     * Opens a server's door by an operator's word.
     *
     * @return whether it is open now; false where there is no such server, where its stop is under way, and while a final notice
     *         is active
     */
    public boolean reopen(String server) {
        boolean open = false;
        for (Drain drain : drains) {
            if (drain.name().equals(server) && onBoard.get().isEmpty()) {
                open = drain.reopen();
                // A notice that came in between was heard by the drain before it was reopened.
                onBoard.get().ifPresent(drain::noticed);
            }
        }
        releaseIfAllOpen();
        return open && onBoard.get().isEmpty();
    }

    /** Opens the doors of stopped servers that answer again. Blocks for {@code bound} at most. */
    public void reopenAnswering(Duration bound) {
        long until = clock.nanoTime() + bound.toNanos();
        for (Drain drain : drains) {
            Duration left = Duration.ofNanos(until - clock.nanoTime());
            if (left.isPositive()) {
                drain.reopenIfAnswering(left);
            }
        }
        releaseIfAllOpen();
    }

    /** With reopening off, a withdrawn reclamation holds the node until the last door is open. */
    private void releaseIfAllOpen() {
        if (onBoard.get().isEmpty() && drains.stream().allMatch(drain -> drain.state() instanceof DrainState.Open)) {
            standing.set(Optional.empty());
            save();
        }
    }

    /** Closes every door at a notice, or announces that, ahead of everything else that it brings; {@link #on} follows. */
    public void turnDoors(NoticeEvent event) {
        if (event instanceof NoticeEvent.Noticed noticed) {
            drains.forEach(drain -> drain.turnDoor(noticed.reclamation()));
        }
    }

    @Override
    public void on(NoticeEvent event) {
        switch (event) {
            case NoticeEvent.Advised _,NoticeEvent.AdviceCleared _ -> {
            }
            case NoticeEvent.Noticed noticed -> {
                // Starting threads takes longer than closing doors: no server's waits for another's.
                turnDoors(noticed);
                track(noticed.reclamation());
                drains.forEach(drain -> drain.noticed(noticed.reclamation()));
                if (!noticed.restored()) {
                    confirm(Optional.of(noticed.reclamation().deadline()));
                }
                save();
            }
            case NoticeEvent.DeadlineMoved moved -> {
                track(moved.reclamation());
                drains.forEach(drain -> drain.deadlineMoved(moved.reclamation()));
                confirm(Optional.of(moved.reclamation().deadline()));
                save();
            }
            case NoticeEvent.Withdrawn _ when settings.reopen() -> {
                onBoard.set(Optional.empty());
                standing.set(Optional.empty());
                unconfirmed.set(false);
                drains.forEach(Drain::withdrawn);
                save();
            }
            case NoticeEvent.Withdrawn _ -> onBoard.set(Optional.empty());
        }
    }

    /** After a restart the board sees again what is known here already: T0 stays, and the deadline only moves earlier. */
    private void track(Reclamation reclamation) {
        onBoard.set(Optional.of(reclamation));
        standing.updateAndGet(known -> Optional.of(known.map(
                first -> new Reclamation(reclamation.notice(), first.deadline().earlier(reclamation.deadline()),
                        first.detectedAt(), first.detectedNanos()))
                .orElse(reclamation)));
    }

    /** The state of every drain now, in the order of the servers. */
    public List<DrainSnapshot> snapshots() {
        return drains.stream().map(Drain::snapshot).toList();
    }

    /** The reclamation that the drains work to; empty while no final notice is active. */
    public Optional<Reclamation> standing() {
        return standing.get();
    }

    /** The last records, oldest first. */
    public List<DrainRecord> recent() {
        synchronized (recent) {
            return List.copyOf(recent);
        }
    }

    /**
     * Waits until no drain is on.
     *
     * @return false if {@code bound} went by first
     */
    public boolean awaitDone(Duration bound) throws InterruptedException {
        long until = System.nanoTime() + bound.toNanos();
        for (Drain drain : drains) {
            if (!drain.awaitDone(Duration.ofNanos(Math.max(0, until - System.nanoTime())))) {
                return false;
            }
        }
        return true;
    }

    /** Ends the drains' threads where they are; doors and servers stay as they are. Idempotent. */
    @Override
    public void close() {
        drains.forEach(Drain::close);
        awaitReported();
        ledger.close();
    }

    /** What ends the agent is often the end of the drain itself: its record must be with the ledger before that closes. */
    private void awaitReported() {
        try {
            for (Drain drain : drains) {
                if (!drain.awaitReported(REPORTED_BOUND)) {
                    log.atWarn()
                            .addKeyValue("waitedSeconds", REPORTED_BOUND.toSeconds())
                            .log("what a drain has to report hangs; leaving it");
                    return;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void transition(DrainTransition transition) {
        DrainLog.write(transition);
        save();
        DrainRecord ended = transition.record();
        if (ended != null) {
            synchronized (recent) {
                if (recent.size() == RECENT_RECORDS) {
                    recent.removeFirst();
                }
                recent.addLast(ended);
            }
            ledger.append(ended);
        }
        for (DrainTransition.Listener listener : listeners) {
            try {
                listener.on(transition);
            } catch (RuntimeException e) {
                log.atError()
                        .setCause(e)
                        .addKeyValue("server", transition.server())
                        .log("a listener failed on a transition of the drain; the drain goes on");
            }
        }
    }

    /** A pretended drain must not be taken for a real one after a restart. */
    private void save() {
        if (!settings.dryRun()) {
            ledger.save(this::saved);
        }
    }

    private Optional<SavedState> saved() {
        Optional<BootClock> boot = ledger.bootClock();
        Optional<Reclamation> reclamation = standing.get();
        if (boot.isEmpty() || reclamation.isEmpty()) {
            return Optional.empty();
        }
        var states = new ArrayList<SavedDrain>();
        for (Drain drain : drains) {
            if (drain.state() instanceof DrainState.Scheduled scheduled) {
                states.add(SavedDrain.of(drain.name(), scheduled, boot.get()));
            }
        }
        return Optional.of(SavedState.of(reclamation.get(), states, boot.get()));
    }
}
