// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.lastcall.agent.drain.DrainState.Scheduled;
import dev.lastcall.agent.drain.DrainState.Stopped;
import dev.lastcall.agent.drain.DrainState.Stopping;
import dev.lastcall.agent.drain.DrainState.WithdrawnAfterStop;
import dev.lastcall.agent.server.CutScope;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Reclamation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server's drain: gives {@link DrainMachine} what happens, and does what it asks for.
 *
 * <p>Thread-safe. An input is taken on the thread that brings it, under a lock that is held for arithmetic and for the
 * door's verbs only, so that a notice has closed the door when {@link #noticed} returns. Whatever may take time (reading,
 * watching, cutting, stopping, reporting) runs on virtual threads of this drain, so that one that hangs delays neither
 * another server nor the deadline.
 */
final class Drain {

    private static final Logger log = LoggerFactory.getLogger(Drain.class);

    private final InferenceServer server;
    private final boolean dryRun;
    private final DrainPolicy policy;
    private final NodeClock clock;
    private final DrainReports reports;
    private final DrainWork work;
    private final DoorKeeper door;
    private final Alarm alarm; // guarded by lock

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // All below is guarded by lock.
    private DrainState state = new DrainState.Open();
    private DrainMachine machine;
    private long round;
    private @Nullable DrainAccount account;
    private @Nullable InFlight lastReading;
    private CutScope cutScope = new CutScope();
    private boolean closed;

    Drain(InferenceServer server, DrainPolicy policy, boolean dryRun, NodeClock clock,
            DrainTransition.Listener listener) {
        this.server = dryRun ? server.inDryRun() : server;
        this.dryRun = dryRun;
        this.policy = policy;
        this.machine = new DrainMachine(policy, server.needs());
        this.clock = clock;
        this.work = new DrainWork(this.server, dryRun, clock);
        this.door = new DoorKeeper(this.server.name(), this.server.door(), clock);
        this.alarm = new Alarm("drain-" + server.name() + "-alarm", clock, () -> take(DrainInput.TICK, null));
        this.reports = new DrainReports(server.name(), listener);
    }

    String name() {
        return server.name();
    }

    /** Closes the door, or announces that, before all else that a notice brings; {@link #noticed} follows at once. */
    void turnDoor(Reclamation reclamation) {
        lock.lock();
        try {
            if (!closed && (state instanceof DrainState.Open || state instanceof WithdrawnAfterStop)) {
                machine.step(state, input(reclamation), clock.nanoTime()).actions().forEach(this::turnDoor);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A final notice is active. The door is closed, or that has been announced, when this returns. */
    void noticed(Reclamation reclamation) {
        take(input(reclamation), reclamation);
    }

    private DrainInput input(Reclamation reclamation) {
        return new DrainInput.Noticed(reclamation.detectedNanos(), reclamation.deadline(), door.lettingIn());
    }

    /** Takes up a drain that an earlier process began. The door is closed when this returns. */
    void resume(Scheduled resumed, Reclamation reclamation) {
        take(new DrainInput.Resumed(resumed), reclamation);
    }

    /** As {@link #resume(Scheduled, Reclamation)}, for a server of which the earlier process had kept nothing. */
    void resume(Reclamation reclamation) {
        DrainSchedule schedule = DrainSchedule.of(reclamation.detectedNanos(), reclamation.deadline(), clock.nanoTime(),
                policy,
                server.needs());
        resume(new DrainState.Settling(schedule, IdleEvidence.NONE), reclamation);
    }

    /** After a restart: a source or an operator confirms that the node is being reclaimed, and perhaps by when. */
    void confirmed(Optional<Deadline> deadline) {
        take(new DrainInput.Confirmed(deadline), null);
    }

    /** Opens the door by an operator's word; false where it stays closed, because the server is being stopped. */
    boolean reopen() {
        take(new DrainInput.Reopened(), null);
        return state() instanceof DrainState.Open;
    }

    /** Opens the door of a stopped server that answers again. Blocks for {@code bound} at most; whether it is open now. */
    boolean reopenIfAnswering(Duration bound) {
        if (state() instanceof WithdrawnAfterStop && work.answers(bound)) {
            take(new DrainInput.Answering(), null);
        }
        return state() instanceof DrainState.Open;
    }

    /** The deadline has moved earlier. */
    void deadlineMoved(Reclamation reclamation) {
        take(new DrainInput.DeadlineMoved(reclamation.deadline()), reclamation);
    }

    /** No final notice is active any more. */
    void withdrawn() {
        take(new DrainInput.Withdrawn(), null);
    }

    DrainState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    DrainSnapshot snapshot() {
        lock.lock();
        try {
            Deadline deadline = state instanceof Scheduled scheduled && !(state instanceof WithdrawnAfterStop)
                    ? scheduled.schedule().deadline()
                    : null;
            Duration overdue = deadline == null
                    ? Duration.ZERO
                    : Duration.ofNanos(Math.max(0, clock.nanoTime() - deadline.nanoTime()));
            return new DrainSnapshot(server.name(), server.kind(), state.phase(), state.phase().hasClosedDoor(),
                    state.phase() == Phase.OPEN ? null : lastReading, DrainAccount.totals(server), deadline,
                    deadline == null ? null : deadline.remaining(clock), overdue,
                    state instanceof Stopped stopped ? stopped.outcome() : null, dryRun);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no drain is on; false if {@code bound} went by first. */
    boolean awaitDone(Duration bound) throws InterruptedException {
        long left = bound.toNanos();
        lock.lock();
        try {
            while (state.isActive()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the threads of this drain; what has been reported so far is still passed on. Idempotent. */
    void close() {
        lock.lock();
        try {
            closed = true;
            round++;
            alarm.set(OptionalLong.empty());
        } finally {
            lock.unlock();
        }
        door.close();
        reports.close();
    }

    /**
     * After {@link #close}: waits until what was reported has been passed on, the last record above all.
     *
     * @return false if that took longer than {@code bound}
     */
    boolean awaitReported(Duration bound) throws InterruptedException {
        return reports.await(bound);
    }

    private void take(DrainInput input, @Nullable Reclamation reclamation) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            DrainState before = state;
            if (!before.isActive()) {
                // What its stop needs may not have been known before: its kind is, once its model is loaded.
                machine = new DrainMachine(policy, server.needs());
            }
            DrainMachine.Step step = machine.step(before, input, clock.nanoTime());
            state = step.state();
            for (DrainAction action : step.actions()) {
                turnDoor(action);
            }
            if (reclamation != null && !before.isActive() && state instanceof Scheduled begun
                    && step.actions().stream().anyMatch(DrainAction::turnsAway)) {
                beginRound(reclamation, begun, input instanceof DrainInput.Noticed);
            }
            if (state instanceof WithdrawnAfterStop && !(before instanceof WithdrawnAfterStop)) {
                long current = round;
                work.awaitAnswers(() -> isIn(current, WithdrawnAfterStop.class::isInstance),
                        () -> takeIn(current, new DrainInput.Answering()));
            }
            note(step);
            work(step);
            alarm.set(machine.wakeAt(state));
            if (before.phase() != state.phase()) {
                report(before, step, input);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void takeIn(long inRound, DrainInput input) {
        lock.lock();
        try {
            if (inRound == round) {
                take(input, null);
            }
        } finally {
            lock.unlock();
        }
    }

    private void turnDoor(DrainAction action) {
        if (action instanceof DrainAction.OpenDoor) {
            cutScope.withdraw(this::openDoor);
        } else {
            door.take(action);
        }
    }

    /** Where an abort was under way this comes later, and the door may have been closed again. */
    private void openDoor() {
        lock.lock();
        try {
            if (!closed && state instanceof DrainState.Open) {
                door.take(new DrainAction.OpenDoor());
            }
        } finally {
            lock.unlock();
        }
    }

    private void beginRound(Reclamation reclamation, Scheduled begun, boolean noticed) {
        round++;
        account = new DrainAccount(server, dryRun, reclamation);
        lastReading = null;
        cutScope = new CutScope();
        long current = round;
        if (noticed) {
            work.onNotice(begun.schedule(), what -> problem(current, what));
        }
        if (state.isActive()) {
            work.readWhile(() -> isIn(current, DrainState::isReadIn), begun.schedule().settledAt(),
                    (reading, since) -> read(current, reading, since));
            if (server.needs().stops()) {
                work.watchWhile(() -> isIn(current, DrainState::isActive),
                        () -> isIn(current, Stopping.class::isInstance),
                        inFlight -> takeIn(current, new DrainInput.Gone(inFlight)), what -> problem(current, what));
            }
        }
    }

    private void read(long inRound, InFlight reading, long begun) {
        lock.lock();
        try {
            if (inRound == round && account != null) {
                lastReading = reading;
                account.read(reading, clock.wallTime());
                take(new DrainInput.Reading(reading, begun), null);
            }
        } finally {
            lock.unlock();
        }
    }

    private void note(DrainMachine.Step step) {
        if (account == null) {
            return;
        }
        for (DrainAction action : step.actions()) {
            switch (action) {
                case DrainAction.AnnounceClosing _ -> account.announced(clock.wallTime());
                case DrainAction.CloseDoor _ -> account.doorClosed(clock.wallTime());
                case DrainAction.Cut _ -> account.cutBegun(clock.wallTime());
                case DrainAction.Terminate _ -> account.stopSent(clock.wallTime());
                case DrainAction.Kill _ -> account.killed();
                case DrainAction.RefuseConnections _,DrainAction.OpenDoor _,DrainAction.Restart _ -> {
                }
            }
        }
        door.takeProblem().ifPresent(account::problem);
    }

    private void work(DrainMachine.Step step) {
        long current = round;
        CutScope scope = cutScope;
        work.perform(step.actions(), new DrainWork.Results() {
            @Override
            public void cut(int count) {
                noteIn(current, account -> account.cutDone(count));
            }

            @Override
            public void killed(Stopper.Outcome outcome) {
                takeIn(current, new DrainInput.Killed(outcome));
            }

            @Override
            public CutScope cutScope() {
                return scope;
            }

            @Override
            public void problem(String what) {
                Drain.this.problem(current, what);
            }
        });
    }

    private void problem(long inRound, String what) {
        log.atWarn()
                .addKeyValue("server", server.name())
                .addKeyValue("problem", what)
                .log("a step of the drain failed; the drain goes on");
        noteIn(inRound, account -> account.problem(what));
    }

    private void noteIn(long inRound, Consumer<DrainAccount> note) {
        lock.lock();
        try {
            if (inRound == round && account != null) {
                note.accept(account);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isIn(long inRound, Predicate<DrainState> wanted) {
        lock.lock();
        try {
            return inRound == round && wanted.test(state);
        } finally {
            lock.unlock();
        }
    }

    private void report(DrainState before, DrainMachine.Step step, DrainInput input) {
        long now = clock.nanoTime();
        DrainSchedule schedule = state instanceof Scheduled scheduled
                ? scheduled.schedule()
                : before instanceof Scheduled scheduled ? scheduled.schedule() : null;
        if (schedule == null) {
            return;
        }
        DrainRecord ended = null;
        if (account != null && !state.isActive() && before.isActive()) {
            ended = account.close(DrainOutcome.of(before, state), schedule, clock);
        }
        boolean turned = !(input instanceof DrainInput.Resumed)
                && step.actions().stream().anyMatch(DrainAction::turnsAway);
        var transition = new DrainTransition(server.name(), before.phase(), state.phase(), clock.wallTime(),
                Duration.ofNanos(now - schedule.startAt()), schedule.deadline().remaining(clock),
                turned ? door.turnedAfter(schedule.startAt()).orElse(null) : null, ended, dryRun);
        reports.report(transition);
    }
}
