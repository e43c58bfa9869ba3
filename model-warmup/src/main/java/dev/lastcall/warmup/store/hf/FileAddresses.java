// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import dev.lastcall.warmup.store.PercentEncoding;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.StoreProblem;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.wire.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * Where each file of a revision lies: asked of the hub once, by one worker, and used by all for all ranges until it runs
 * out. Thread-safe.
 */
final class FileAddresses {

    /** A signed address lasts for an hour or so; one that is refused again and again is no question of time. */
    private static final int MAX_REFUSALS = 3;

    private final HubRequests requests;
    private final String repository;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();

    FileAddresses(HubRequests requests, String repository) {
        this.requests = requests;
        this.repository = repository;
    }

    /**
     * An address for ranges of a file.
     *
     * @param isElsewhere whether it is on another host than the hub, so that no token goes there
     */
    record Address(URI uri, boolean isElsewhere) {}

    private static final class Slot {
        private final ReentrantLock asking = new ReentrantLock();
        private volatile @Nullable Address address;
        private final AtomicInteger refusals = new AtomicInteger();
    }

    Address of(RemoteFile file) throws StoreException, InterruptedException {
        Slot slot = slots.computeIfAbsent(file.location(), path -> new Slot());
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
            Address resolved = resolve(file);
            slot.address = resolved;
            return resolved;
        } finally {
            slot.asking.unlock();
        }
    }

    /** A range was read: the address is good. */
    void works(RemoteFile file) {
        Slot slot = slots.get(file.location());
        if (slot != null) {
            slot.refusals.set(0);
        }
    }

    /**
     * The address was refused: it is asked for anew.
     *
     * @return whether that is worth it
     */
    boolean refused(RemoteFile file, Address address) throws InterruptedException {
        Slot slot = slots.computeIfAbsent(file.location(), path -> new Slot());
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

    private Address resolve(RemoteFile file) throws StoreException, InterruptedException {
        if (!(file.validator() instanceof Validator.Pinned(String commit))) {
            throw new IllegalArgumentException(file.path() + " was not listed by the hub: " + file.validator().text());
        }
        URI from = requests.address("/" + PercentEncoding.path(repository) + "/resolve/" + commit + "/"
                + PercentEncoding.path(file.location()));
        HubRequests.End end = requests.ask("HEAD", from, 0);
        check(file, commit, end.first(), from);
        return new Address(end.address(), end.isElsewhere());
    }

    /** Commit, digest and size as the hub itself tells them; what it points to may tell others. */
    private static void check(RemoteFile file, String commit, ResponseHead head, URI from) throws StoreException {
        String tag = head.field("x-linked-etag").or(() -> head.field("etag")).orElse("").replaceAll("^W/|\"", "");
        Digest listed = file.digests().getFirst();
        boolean isOtherTag = tag.length() == listed.hex().length() && tag.matches("[0-9a-f]+")
                && !tag.equals(listed.hex());
        boolean isOtherCommit = head.field("x-repo-commit").filter(other -> !other.equals(commit)).isPresent();
        boolean isOtherSize = head.field("x-linked-size")
                .filter(size -> !size.equals(Long.toString(file.sizeBytes())))
                .isPresent();
        if (isOtherTag || isOtherCommit || isOtherSize) {
            throw new StoreException(StoreProblem.CHANGED,
                    "HEAD " + from + ": not the file that was listed at commit " + commit);
        }
    }
}
