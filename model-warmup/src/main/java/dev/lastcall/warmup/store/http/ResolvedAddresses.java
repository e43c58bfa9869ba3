// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * Where each file lies: asked of its origin once, by one worker, and used by all for all ranges until it is refused. Signed
 * addresses live for minutes; the origin hands out the next. Thread-safe.
 */
public final class ResolvedAddresses {

    /** An address that is refused again and again is no question of time. */
    private static final int MAX_REFUSALS = 3;

    private final Resolver resolver;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();

    /** Asks this one. */
    public ResolvedAddresses(Resolver resolver) {
        this.resolver = resolver;
    }

    /** Asks a file's origin where it lies. */
    @FunctionalInterface
    public interface Resolver {
        /** Asks. */
        Address resolve(RemoteFile file) throws StoreException, InterruptedException;
    }

    /**
     * An address for ranges of a file.
     *
     * @param isElsewhere whether it is on another host than the origin, so that no credentials go there
     */
    public record Address(URI uri, boolean isElsewhere) {}

    private static final class Slot {
        private final ReentrantLock asking = new ReentrantLock();
        private volatile @Nullable Address address;
        private final AtomicInteger refusals = new AtomicInteger();
        private volatile boolean hasWorked;
    }

    /** The address to use now. */
    public Address of(RemoteFile file) throws StoreException, InterruptedException {
        Slot slot = slot(file);
        Address known = slot.address;
        if (known != null) {
            return known;
        }
        slot.asking.lockInterruptibly();
        try {
            Address meanwhile = slot.address;
            if (meanwhile != null) {
                return meanwhile;
            }
            Address resolved = resolver.resolve(file);
            slot.address = resolved;
            return resolved;
        } finally {
            slot.asking.unlock();
        }
    }

    /** What a look at the file has found already. */
    public void know(String location, Address address) {
        slots.computeIfAbsent(location, path -> new Slot()).address = address;
    }

    /** A range was agreed to: the address is good. */
    public void works(RemoteFile file) {
        Slot slot = slot(file);
        slot.hasWorked = true;
        if (slot.refusals.get() != 0) {
            slot.refusals.set(0);
        }
    }

    /** Whether an address of the file was refused, and none has worked since. */
    public boolean wasRefused(RemoteFile file) {
        return slot(file).refusals.get() > 0;
    }

    /** Whether a range of the file was ever agreed to. */
    public boolean hasWorked(RemoteFile file) {
        return slot(file).hasWorked;
    }

    /**
     * The address was refused: its origin is to be asked for another.
     *
     * @return whether that is worth it
     */
    public boolean refused(RemoteFile file, Address address) throws InterruptedException {
        Slot slot = slot(file);
        slot.asking.lockInterruptibly();
        try {
            if (address.equals(slot.address)) {
                slot.address = null;
                slot.refusals.incrementAndGet();
            }
            return slot.refusals.get() <= MAX_REFUSALS;
        } finally {
            slot.asking.unlock();
        }
    }

    private Slot slot(RemoteFile file) {
        return slots.computeIfAbsent(file.location(), path -> new Slot());
    }
}
