// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What all gates of a process may keep for their clients, in sum: one budget of memory and one of connections. Heads that
 * are not complete, requests in flight, bytes that a slow peer has not taken: everything that a stranger can make a gate
 * keep is in the account of its connection, at what it weighs in the process.
 *
 * <pre>
 *   |&lt;------------------- memory -------------------&gt;|
 *   |           for every address        |  reserved  |   for addresses that hold no more than a small share
 * </pre>
 *
 * An account that finds no room takes it from connections that serve no request (in the middle of a head, idle, ending), the
 * oldest first: those of its own address, and, if its address holds little, those of others. Requests in flight are never
 * ended for want of room. Thread-safe.
 */
public final class GateBudget {

    /** A connection, with its channel, its decoder and its place in the tables of this process. */
    static final long CONNECTION_BYTES = 4 * 1024;
    /** What TLS adds: its keys, and the record that is not whole yet. */
    static final long TLS_BYTES = 24 * 1024;

    /** The heap is this many times the budget: the rest of the process lives in it too. */
    private static final int HEAP_PARTS = 2;
    /** One of so many parts is reserved for addresses that hold little. */
    private static final int RESERVED_PARTS = 4;
    /** What "little" is: one of so many parts. */
    private static final int SMALL_PARTS = 32;
    /** When more than one of so many parts is held, each connection's buffers are kept small. */
    private static final int TIGHT_PARTS = 2;
    /** So close to what all may hold that a head would not fit. */
    private static final long CROWDED_MARGIN = 64 * 1024;
    private static final long LEAST_BYTES = 1024L * 1024;
    /** Most connections that are ended to make room for one. */
    private static final int MOST_EVICTED = 32;
    /** IPv6 clients are distinguished by their network, because each has a whole one. */
    private static final int NETWORK_BYTES = 8;

    private final long limit;
    private final int connections;
    private final Map<Object, Share> shares = new HashMap<>();
    private final Set<Account> evictable = new LinkedHashSet<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private volatile long held;
    private volatile int open;

    private GateBudget(long limit, int connections) {
        this.limit = limit;
        this.connections = connections;
    }

    /**
     * A budget of so much memory and so many connections.
     *
     * @throws IllegalArgumentException if that is no room to work in
     */
    public static GateBudget of(long bytes, int connections) {
        if (bytes < LEAST_BYTES || connections < 1) {
            throw new IllegalArgumentException("a budget of " + bytes + " B and " + connections + " connections leaves"
                    + " a gate no room; it must be " + LEAST_BYTES + " B and one connection at least");
        }
        return new GateBudget(bytes, connections);
    }

    /** The budget that this process has room for: half of its heap, and the descriptors that its other parts leave. */
    public static GateBudget ofProcess() {
        return of(Math.max(LEAST_BYTES, Runtime.getRuntime().maxMemory() / HEAP_PARTS), Descriptors.connections());
    }

    /** Memory held now, in bytes. */
    public long heldBytes() {
        return held;
    }

    /** Whether all is held that any one address may hold. */
    public boolean isCrowded() {
        return held > limit - limit / RESERVED_PARTS - CROWDED_MARGIN;
    }

    /** Memory that may be held, in bytes. */
    public long limitBytes() {
        return limit;
    }

    /** Most connections at one time, so that descriptors are left to the rest of the process. */
    public int mostConnections() {
        return connections;
    }

    /** Connections open now. */
    public int openConnections() {
        return open;
    }

    /** Whether buffers are to be kept small. */
    boolean isTight() {
        return held > limit / TIGHT_PARTS;
    }

    /** Counts a connection in, and with it the descriptors of its socket and of its request's. */
    void connected() {
        synchronized (this) {
            open++;
        }
    }

    void disconnected() {
        List<Runnable> tasks;
        synchronized (this) {
            open--;
            if (waiting.isEmpty() || open >= connections) {
                return;
            }
            tasks = List.copyOf(waiting);
            waiting.clear();
        }
        tasks.forEach(Runnable::run);
    }

    /**
     * Whether there are descriptors for one more connection.
     *
     * @param later run once, on whatever thread, when there are some again; only if there are none now
     */
    boolean hasDescriptors(Runnable later) {
        if (open < connections) {
            return true;
        }
        synchronized (this) {
            if (open < connections) {
                return true;
            }
            waiting.add(later);
            return false;
        }
    }

    /**
     * An account for a connection that has been accepted; it holds nothing yet.
     *
     * @param evict ends the connection to make room for others; run on any thread, if the account is evictable
     */
    Account open(InetAddress client, Runnable evict) {
        Object address = client instanceof Inet6Address v6
                ? ByteBuffer.wrap(v6.getAddress(), 0, NETWORK_BYTES).slice()
                : client;
        synchronized (this) {
            Share share = shares.computeIfAbsent(address, Share::new);
            share.accounts++;
            return new Account(this, share, evict);
        }
    }

    /** Sets what an account holds, if there is room or room can be made. */
    boolean hold(Account account, long bytes) {
        List<Account> evicted = List.of();
        boolean fits;
        synchronized (this) {
            long more = bytes - account.held;
            fits = more <= 0 || fits(account.share, more);
            if (!fits) {
                evicted = new ArrayList<>();
                fits = makeRoom(account, more, evicted);
            }
            if (fits) {
                add(account, more);
            }
        }
        evicted.forEach(victim -> victim.evict.run());
        return fits;
    }

    /** Sets what an account holds, whether there is room or not. */
    synchronized void settle(Account account, long bytes) {
        add(account, bytes - account.held);
    }

    synchronized void close(Account account) {
        setEvictable(account, false);
        add(account, -account.held);
        if (--account.share.accounts == 0) {
            shares.remove(account.share.address);
        }
    }

    /** Lets an account's connection be ended to make room for others, or protects it. */
    synchronized void setEvictable(Account account, boolean isEvictable) {
        if (isEvictable) {
            evictable.add(account);
            account.share.evictable.add(account);
        } else {
            evictable.remove(account);
            account.share.evictable.remove(account);
        }
    }

    private boolean makeRoom(Account account, long more, List<Account> evicted) {
        while (!fits(account.share, more)) {
            Account victim = evicted.size() < MOST_EVICTED ? victim(account, more) : null;
            if (victim == null) {
                return false;
            }
            victim.evictable = false;
            setEvictable(victim, false);
            add(victim, -victim.held);
            evicted.add(victim);
        }
        return true;
    }

    private boolean fits(Share share, long more) {
        long then = held + more;
        return then <= limit - limit / RESERVED_PARTS || (then <= limit && share.held + more <= small());
    }

    private @Nullable Account victim(Account account, long more) {
        for (Account own : account.share.evictable) {
            if (own != account) {
                return own;
            }
        }
        if (account.share.held + more > small()) {
            return null;
        }
        int looked = 0;
        for (Account other : evictable) {
            if (other != account && (other.share.held > small() || ++looked >= MOST_EVICTED)) {
                return other;
            }
        }
        return null;
    }

    private long small() {
        return limit / SMALL_PARTS;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // changed with the lock held; volatile for those who read without it
    private void add(Account account, long bytes) {
        account.held += bytes;
        account.share.held += bytes;
        held += bytes;
    }

    /** What one client address holds. */
    private static final class Share {
        private final Object address;
        private final Set<Account> evictable = new LinkedHashSet<>();
        private long held;
        private int accounts;

        Share(Object address) {
            this.address = address;
        }
    }

    /** What one connection holds. Used by the connection's event loop; the sums behind it are the budget's. */
    static final class Account {

        /** Holdings are booked in steps, so that small changes cost nothing. */
        private static final long STEP = 1024;

        private final GateBudget budget;
        private final Share share;
        private final Runnable evict;
        private long held;
        private volatile boolean evictable;
        private boolean closed;

        private Account(GateBudget budget, Share share, Runnable evict) {
            this.budget = budget;
            this.share = share;
            this.evict = evict;
        }

        /** Holds so much from now on; false, and as before, if there is no room for it. */
        boolean hold(long bytes) {
            long steps = (bytes + STEP - 1) / STEP * STEP;
            return closed || steps == held || budget.hold(this, steps);
        }

        /** Holds its first bytes; false if there is no room for them, and they are there all the same. */
        boolean begin(long bytes) {
            boolean fits = hold(bytes);
            if (!fits) {
                settle(bytes);
            }
            setEvictable(true);
            return fits;
        }

        /** Holds so much from now on, for it is there. */
        void settle(long bytes) {
            long steps = (bytes + STEP - 1) / STEP * STEP;
            if (!closed && steps != held) {
                budget.settle(this, steps);
            }
        }

        void setEvictable(boolean isEvictable) {
            if (!closed && evictable != isEvictable) {
                evictable = isEvictable;
                budget.setEvictable(this, isEvictable);
            }
        }

        void close() {
            if (!closed) {
                closed = true;
                budget.close(this);
            }
        }
    }
}
