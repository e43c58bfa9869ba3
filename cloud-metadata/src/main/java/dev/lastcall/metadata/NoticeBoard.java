// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Merges what all sources see into one picture: whether this node is being taken back, and by when.
 *
 * <ul>
 * <li>A notice is known by its {@link NoticeKey}, never by its time.
 * <li>The deadline is the minimum over all final notices, and while a reclamation is active it only moves earlier.
 * <li>A final notice stays final; a planned one becomes final at its lead, with {@link #tick()} and no new observation.
 * <li>A notice is withdrawn after {@value #WITHDRAWAL_ABSENCES} definite <em>absent</em> answers of its own source that
 * lie at least {@link #WITHDRAWAL_SPAN} apart in all, with no <em>present</em> between them. <em>Unknown</em> is no
 * answer: it neither counts nor restarts the count, so that a source which fails now and then can still say no.
 * <li>A notice that was past its time by more than a notice can be read late, at the first definite answer of its source, is
 * in doubt: the provider may have left it behind. It is published and not acted on until it is confirmed: its time changes, or
 * it appears again after it was withdrawn. Another source's notice is acted on by itself.
 * <li>What one source says never touches another's notices.
 * <li>The operator's notice, the operating system's and an event's are {@linkplain #offer offered}, and withdrawn at once when
 * the caller takes them back.
 * </ul>
 *
 * <p>Thread-safe. Listeners are called in the order they were given, one event after the other, on the thread that brought
 * the observation and under the board's lock, with nothing in between: they must return at once. One that throws is counted
 * and the others still hear. Listeners may call the board; the events of such a call follow after the current event.
 */
public final class NoticeBoard implements NoticeSource.ObservationSink {

    /** Definite absent answers before a notice counts as withdrawn. */
    public static final int WITHDRAWAL_ABSENCES = 3;

    /** Least time from the first to the last of them, so that three answers in a burst are not taken for three. */
    public static final Duration WITHDRAWAL_SPAN = Duration.ofSeconds(3);

    /** A source without a good look for longer than this is blind; one that looks seldom, after three missed looks. */
    public static final Duration BLIND_AFTER = Duration.ofSeconds(30);

    /** Most notices kept of one source, in case a broken server gives every event a new name at each look. */
    static final int MAX_NOTICES_PER_SOURCE = 256;

    private final NodeClock clock;
    private final List<NoticeEvent.Listener> listeners;
    private final List<SourceEvent.Listener> sourceListeners;
    private final LoopObserver loops;

    private final ReentrantLock lock = new ReentrantLock();
    // All below is guarded by lock.
    private final Map<NoticeKey, ActiveNotice> notices = new LinkedHashMap<>();
    private final Map<String, SourceHealth> sights = new TreeMap<>();
    private final Queue<ListenerCall> dueCalls = new ArrayDeque<>();
    private final Set<String> failingListeners = new HashSet<>();
    private boolean isCalling;
    private @Nullable Reclamation reclamation;
    private long listenerFailures;
    private @Nullable String lastListenerFailure;

    /** An empty board. */
    public NoticeBoard(NodeClock clock, List<? extends NoticeEvent.Listener> listeners) {
        this(clock, listeners, List.of());
    }

    /** An empty board, with listeners for how well the sources see. */
    public NoticeBoard(NodeClock clock, List<? extends NoticeEvent.Listener> listeners,
            List<? extends SourceEvent.Listener> sourceListeners) {
        this(clock, listeners, sourceListeners, LoopObserver.NONE);
    }

    /**
     * An empty board, with listeners for how well the sources see.
     *
     * @param loops hears of faults of listeners and of the sources' loops
     */
    public NoticeBoard(NodeClock clock, List<? extends NoticeEvent.Listener> listeners,
            List<? extends SourceEvent.Listener> sourceListeners, LoopObserver loops) {
        this.clock = clock;
        this.listeners = List.copyOf(listeners);
        this.sourceListeners = List.copyOf(sourceListeners);
        this.loops = loops;
    }

    @Override
    public LoopObserver loops() {
        return loops;
    }

    /** Makes a source known before its first look, so that one which never answers is seen to be blind. */
    public void expect(NoticeSource source) {
        change(now -> sights.computeIfAbsent(source.name(),
                name -> newSight(name, source.role(), source.lookInterval(), now)));
    }

    /**
     * Takes what a source has just seen.
     *
     * @throws IllegalArgumentException if a notice is not of that source
     */
    @Override
    public void observe(String source, Observation observation) {
        change(now -> {
            SourceHealth sight = sights.computeIfAbsent(source,
                    name -> newSight(name, NoticeSource.Role.DECISIVE, Duration.ZERO, now));
            switch (observation) {
                case Observation.Unknown unknown -> sight.failed(unknown.problem(), now);
                case Observation.Absent absent -> {
                    sight.saw(now);
                    absent(source, Set.of(), now);
                }
                case Observation.Present present -> {
                    boolean sawBefore = sight.everSaw();
                    sight.saw(now);
                    present(source, present.notices(), sawBefore, now);
                }
            }
        });
    }

    /** Posts a notice that no source polls for: an operator's, an event's, or that the operating system is shutting down. */
    public void offer(Notice notice) {
        change(now -> see(notice, true));
    }

    /**
     * Takes an offered notice down at once.
     *
     * @return whether it was active; false also for a notice that only its source can withdraw
     */
    public boolean withdraw(NoticeKey key) {
        boolean[] wasActive = new boolean[1];
        change(now -> {
            ActiveNotice active = sights.containsKey(key.source()) ? null : notices.remove(key);
            if (active != null) {
                wasActive[0] = true;
                cleared(active);
            }
        });
        return wasActive[0];
    }

    /**
     * Puts back the reclamation that was active when the agent ended in mid-drain: the same deadline, and
     * {@link NoticeEvent.Noticed} with its {@code restored} mark. It is withdrawn like any other, when its source says so.
     * Called before the sources start.
     *
     * @param before the reclamation as it was, its instants on this process's monotonic clock
     */
    public void restore(Reclamation before) {
        change(now -> {
            ActiveNotice active = notices.computeIfAbsent(before.notice().key(),
                    key -> new ActiveNotice(before.notice(), true));
            active.makeFinal();
            if (reclamation == null) {
                reclamation = before;
                publish(new NoticeEvent.Noticed(before, true));
            }
        });
    }

    /**
     * Moves every deadline earlier, because the machine was suspended for {@code by}: its monotonic clock did not run then.
     * What a source reads afterwards can only move it further.
     */
    public void suspended(Duration by) {
        change(now -> {
            notices.values().forEach(notice -> notice.moveEarlier(by));
            Reclamation before = reclamation;
            if (before != null) {
                reclamation = new Reclamation(before.notice(), before.deadline().minus(by), before.detectedAt(),
                        before.detectedNanos());
                publish(new NoticeEvent.DeadlineMoved(reclamation));
            }
        });
    }

    /** Lets the passing of time take effect; see {@link BoardTicker}. */
    public void tick() {
        change(now -> sights.values().forEach(sight -> sight.tick(now)));
    }

    /** The active reclamation, if there is one. */
    public Optional<Reclamation> reclamation() {
        lock.lock();
        try {
            return Optional.ofNullable(reclamation);
        } finally {
            lock.unlock();
        }
    }

    /** The board as it is now. */
    public BoardSnapshot snapshot() {
        lock.lock();
        try {
            Duration overdue = reclamation == null
                    ? Duration.ZERO
                    : Duration.ofNanos(Math.max(0, clock.nanoTime() - reclamation.deadline().nanoTime()));
            return new BoardSnapshot(reclamation, overdue,
                    notices.values()
                            .stream()
                            .map(n -> new BoardSnapshot.Posted(n.notice(), n.isFinal(), n.isDoubted()))
                            .toList(),
                    sights.values().stream().map(SourceHealth::status).toList(), listenerFailures, lastListenerFailure);
        } finally {
            lock.unlock();
        }
    }

    /** Every change passes here: change, then what time has made final, then the picture as a whole, then the listeners. */
    private void change(Change change) {
        lock.lock();
        try {
            long now = clock.nanoTime();
            change.accept(now);
            notices.values().stream().filter(notice -> notice.isDue(now)).forEach(ActiveNotice::makeFinal);
            settle(now);
            callListeners();
        } finally {
            lock.unlock();
        }
    }

    private void present(String source, List<Notice> seen, boolean sawBefore, long now) {
        Set<NoticeKey> keys = new HashSet<>();
        for (Notice notice : seen) {
            if (!notice.key().source().equals(source)) {
                throw new IllegalArgumentException(
                        "source " + source + " brought a notice of another: " + notice.key());
            }
            keys.add(notice.key());
        }
        seen.forEach(notice -> see(notice, sawBefore));
        absent(source, keys, now);
    }

    /** @param absentBefore whether its source had answered before, so that a notice which is new was not there then */
    private void see(Notice seen, boolean absentBefore) {
        // A time that has long passed leaves nothing from now on, and not from when it was read before it was withdrawn.
        Deadline named = seen.deadline();
        boolean over = seen.pastTime() != null && named != null && named.hasPassed(clock);
        Notice notice = over ? seen.withDeadline(new Deadline(clock.nanoTime())) : seen;
        ActiveNotice active = notices.get(notice.key());
        if (active != null) {
            active.seen(notice);
            return;
        }
        makeRoom(notice.key().source());
        ActiveNotice fresh = new ActiveNotice(notice, absentBefore);
        notices.put(notice.key(), fresh);
        if (!fresh.isFinal() && !fresh.isDue(clock.nanoTime())) {
            publish(new NoticeEvent.Advised(notice));
        }
    }

    /** Gives up the oldest of a source that gives its events new names at every look. A deadline that it has set remains. */
    private void makeRoom(String source) {
        Collection<ActiveNotice> own = notices.values()
                .stream()
                .filter(n -> n.notice().key().source().equals(source))
                .toList();
        if (own.size() >= MAX_NOTICES_PER_SOURCE) {
            own.stream().min(Comparator.comparing(ActiveNotice::isFinal)).ifPresent(oldest -> {
                notices.remove(oldest.notice().key());
                cleared(oldest);
            });
        }
    }

    private void absent(String source, Set<NoticeKey> butFor, long now) {
        notices.values().removeIf(active -> {
            NoticeKey key = active.notice().key();
            boolean gone = key.source().equals(source) && !butFor.contains(key) && active.absent(now);
            if (gone) {
                cleared(active);
            }
            return gone;
        });
    }

    private void cleared(ActiveNotice active) {
        if (!active.isFinal()) {
            publish(new NoticeEvent.AdviceCleared(active.notice()));
        }
    }

    private void settle(long now) {
        Notice first = null;
        Deadline earliest = null;
        for (ActiveNotice active : notices.values()) {
            Deadline deadline = active.bindingDeadline();
            if (deadline != null && (earliest == null || deadline.isBefore(earliest))) {
                earliest = deadline;
                first = active.notice();
            }
        }
        Reclamation before = reclamation;
        if (first == null || earliest == null) {
            if (before != null) {
                reclamation = null;
                publish(new NoticeEvent.Withdrawn(before));
            }
        } else if (before == null) {
            reclamation = new Reclamation(first, earliest, clock.wallTime(), now);
            publish(new NoticeEvent.Noticed(reclamation));
        } else if (earliest.isBefore(before.deadline())) {
            reclamation = new Reclamation(first, earliest, before.detectedAt(), before.detectedNanos());
            publish(new NoticeEvent.DeadlineMoved(reclamation));
        }
    }

    private SourceHealth newSight(String name, NoticeSource.Role role, Duration lookInterval, long now) {
        return new SourceHealth(name, role, lookInterval, now,
                event -> enqueue("source listener ", sourceListeners, listener -> listener.on(event)));
    }

    private void publish(NoticeEvent event) {
        enqueue("notice listener ", listeners, listener -> listener.on(event));
    }

    private <L> void enqueue(String what, List<L> recipients, Consumer<L> call) {
        for (int i = 0; i < recipients.size(); i++) {
            L recipient = recipients.get(i);
            dueCalls.add(new ListenerCall(what + (i + 1), () -> call.accept(recipient)));
        }
    }

    private void callListeners() {
        if (isCalling) {
            return;
        }
        isCalling = true;
        try {
            for (ListenerCall next = dueCalls.poll(); next != null; next = dueCalls.poll()) {
                call(next);
            }
        } finally {
            isCalling = false;
        }
    }

    /** The next listener is called whatever this one throws, errors of the machine included. */
    private void call(ListenerCall next) {
        try {
            next.call().run();
        } catch (Throwable fault) {
            listenerFailures++;
            lastListenerFailure = fault.toString();
            failingListeners.add(next.listener());
            loops.failed(next.listener(), fault);
            return;
        }
        if (failingListeners.remove(next.listener())) {
            loops.recovered(next.listener());
        }
    }

    /** One listener's call that is due. */
    private record ListenerCall(String listener, Runnable call) {}

    /** A change at an instant of the monotonic clock. */
    @FunctionalInterface
    private interface Change {
        void accept(long nowNanos);
    }
}
