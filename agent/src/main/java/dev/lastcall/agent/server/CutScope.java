// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/**
 * How far a cut may reach: to what was admitted before it began. A gate knows which requests those are; an abort of the server
 * itself ends whatever is in flight, so it runs only while the door is closed. When the notice is withdrawn in mid-cut, no such
 * abort begins any more, and the door opens after the one that has begun. Thread-safe.
 */
public final class CutScope {

    private final ReentrantLock lock = new ReentrantLock();
    // All below is guarded by lock.
    private final List<Runnable> waiting = new ArrayList<>();
    private int aborting;
    private boolean withdrawn;

    /**
     * Runs an abort that reaches every request of the server, unless the cut is withdrawn.
     *
     * @return what it returns; {@link Cutter#UNKNOWN} where it did not run
     */
    public int abort(IntSupplier abort) {
        lock.lock();
        try {
            if (withdrawn) {
                return Cutter.UNKNOWN;
            }
            aborting++;
        } finally {
            lock.unlock();
        }
        try {
            return abort.getAsInt();
        } finally {
            over().forEach(Runnable::run);
        }
    }

    private List<Runnable> over() {
        lock.lock();
        try {
            aborting--;
            if (aborting > 0) {
                return List.of();
            }
            List<Runnable> due = List.copyOf(waiting);
            waiting.clear();
            return due;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Withdraws the cut.
     *
     * @param then run once no abort is under way: at once on this thread, or later on the aborting one
     */
    public void withdraw(Runnable then) {
        lock.lock();
        try {
            withdrawn = true;
            if (aborting > 0) {
                waiting.add(then);
                return;
            }
        } finally {
            lock.unlock();
        }
        then.run();
    }
}
