// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.conditions;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conditions that are active now. Each has one owner, which either pushes it ({@link #raise}, {@link #clear},
 * {@link #report}) or is asked for it at each {@link #refresh} ({@link #watch}). At most {@link #MAX_PER_CODE} subjects of one
 * code are kept, so that names from a cluster cannot fill the memory. Thread-safe.
 */
public final class ConditionBoard {

    /** Bound on the subjects of one code; what is beyond it is not kept. */
    public static final int MAX_PER_CODE = 200;

    private static final Comparator<Condition> WORST_FIRST = Comparator
            .comparing((Condition condition) -> condition.code().severity())
            .thenComparing(Condition::code)
            .thenComparing(Condition::subject);

    private static final Logger log = LoggerFactory.getLogger(ConditionBoard.class);

    private final Map<Key, Condition> active = new LinkedHashMap<>(); // guarded by itself
    private final Map<ConditionCode, Supplier<List<Condition>>> checks = new LinkedHashMap<>(); // guarded by active
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    private record Key(ConditionCode code, String subject) {}

    /** Hears of changes, on the thread that makes them; must not block. */
    public interface Listener {

        /** {@code condition} is active from now on; a later change of its message alone is not published. */
        void raised(Condition condition);

        /** {@code condition} is not active any more. */
        void cleared(Condition condition);
    }

    /** Adds one that hears of every change from now on. */
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /** Makes {@code condition} active, in place of the one with its code and subject. */
    public void raise(Condition condition) {
        Changes changes = new Changes();
        synchronized (active) {
            put(condition, changes);
        }
        changes.publish(listeners);
    }

    /** Makes the condition of this code and subject inactive; nothing happens if it is not active. */
    public void clear(ConditionCode code, String subject) {
        Changes changes = new Changes();
        synchronized (active) {
            remove(new Key(code, subject), changes);
        }
        changes.publish(listeners);
    }

    /**
     * Makes exactly these conditions of {@code code} active and every other one of it inactive.
     *
     * @throws IllegalArgumentException if one of them has another code
     */
    public void report(ConditionCode code, Collection<Condition> now) {
        Changes changes = new Changes();
        synchronized (active) {
            replace(code, now, changes);
        }
        changes.publish(listeners);
    }

    /**
     * Has {@code check} asked for all conditions of {@code code} at each {@link #refresh}.
     *
     * @param check must not block and must not call this board; a failure of it is an {@link ConditionCode#INTERNAL_FAULT}
     */
    public void watch(ConditionCode code, Supplier<List<Condition>> check) {
        synchronized (active) {
            checks.put(code, check);
        }
    }

    /** Asks every check again. */
    public void refresh() {
        Map<ConditionCode, Supplier<List<Condition>>> todo;
        synchronized (active) {
            todo = new LinkedHashMap<>(checks);
        }
        todo.forEach((code, check) -> {
            String subject = "check of " + code.label();
            try {
                report(code, check.get());
                clear(ConditionCode.INTERNAL_FAULT, subject);
            } catch (RuntimeException | Error fault) {
                raise(Condition.of(ConditionCode.INTERNAL_FAULT, subject, "failed: " + fault));
            }
        });
    }

    /** Those that are active, worst first. */
    public List<Condition> active() {
        synchronized (active) {
            return active.values().stream().sorted(WORST_FIRST).toList();
        }
    }

    /** Whether the node is protected: nothing critical is active. */
    public boolean isProtected() {
        synchronized (active) {
            return active.keySet().stream().noneMatch(key -> key.code().severity() == Severity.CRITICAL);
        }
    }

    private void replace(ConditionCode code, Collection<Condition> now, Changes changes) {
        List<Key> wanted = new ArrayList<>();
        for (Condition condition : now) {
            if (condition.code() != code) {
                throw new IllegalArgumentException(condition.code() + " reported as " + code);
            }
            wanted.add(new Key(code, condition.subject()));
            put(condition, changes);
        }
        List<Key> gone = active.keySet().stream().filter(key -> key.code() == code && !wanted.contains(key)).toList();
        gone.forEach(key -> remove(key, changes));
    }

    private void put(Condition condition, Changes changes) {
        Key key = new Key(condition.code(), condition.subject());
        Condition before = active.get(key);
        if (before == null
                && active.keySet().stream().filter(one -> one.code() == key.code()).count() >= MAX_PER_CODE) {
            return;
        }
        active.put(key, condition);
        if (before == null) {
            changes.raised.add(condition);
        }
    }

    private void remove(Key key, Changes changes) {
        @Nullable
        Condition before = active.remove(key);
        if (before != null) {
            changes.cleared.add(before);
        }
    }

    /** What one call has changed, to be published outside the lock. */
    private static final class Changes {
        private final List<Condition> raised = new ArrayList<>();
        private final List<Condition> cleared = new ArrayList<>();

        /** One listener's fault keeps no other from hearing, and does not reach the code that raised the condition. */
        private static void publish(Runnable call) {
            try {
                call.run();
            } catch (RuntimeException | Error fault) {
                log.atError().setCause(fault).log("a listener of conditions failed; please report this with the log");
            }
        }

        void publish(List<Listener> listeners) {
            for (Listener listener : listeners) {
                cleared.forEach(condition -> publish(() -> listener.cleared(condition)));
                raised.forEach(condition -> publish(() -> listener.raised(condition)));
            }
        }
    }
}
