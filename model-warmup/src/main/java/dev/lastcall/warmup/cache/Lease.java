// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The right of one process to work on a model, on any file system: a file that only one can create, whose beats its owner
 * writes. Locks of the kernel are not relied upon, since on some network mounts they are void. An owner whose beats stop is
 * followed; one that is certainly dead at once. An owner that only slept does no harm when it goes on: its bytes are under its
 * own name, and it looks at the lease before it publishes.
 */
final class Lease implements AutoCloseable {

    static final Duration BEAT = Duration.ofSeconds(2);

    /** Without a beat for so long, as seen by who waits, the owner is taken for dead. */
    static final Duration EXPIRY = Duration.ofSeconds(10);

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final LeaseFile file;
    private final Owner owner;
    private final Thread beats;
    private volatile LongSupplier reserved = () -> 0;
    private volatile boolean isHeld = true;

    private Lease(LeaseFile file, Owner owner) {
        this.file = file;
        this.owner = owner;
        this.beats = Thread.ofVirtual().name("warmup-lease").unstarted(this::beat);
    }

    private static Lease started(LeaseFile file, Owner owner) {
        Lease lease = new Lease(file, owner);
        lease.beats.start();
        return lease;
    }

    /** Waits until it is ours. */
    static Lease acquire(Path path, Links links) throws IOException, InterruptedException {
        return acquire(path, EXPIRY, links);
    }

    static Lease acquire(Path path, Duration expiry, Links links) throws IOException, InterruptedException {
        Files.createDirectories(path.toAbsolutePath().resolveSibling("."));
        LeaseFile file = new LeaseFile(path);
        Owner owner = Owner.current();
        String seen = "";
        long seenAt = System.nanoTime();
        while (true) {
            if (file.tryCreate(owner, links)) {
                return started(file, owner);
            }
            Optional<String> now = file.read();
            if (now.isPresent() && !now.get().equals(seen)) {
                seen = now.get();
                seenAt = System.nanoTime();
            }
            boolean isDead = Owner.parse(seen).map(Owner::isCertainlyDead).orElse(false);
            if (now.isPresent() && (isDead || System.nanoTime() - seenAt > expiry.toNanos())) {
                file.remove(seen, links);
                seen = "";
                seenAt = System.nanoTime();
            } else {
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    /** Ours if no living process has it. Does not wait. */
    static Optional<Lease> tryAcquire(Path path, Links links) throws IOException {
        Files.createDirectories(path.toAbsolutePath().resolveSibling("."));
        LeaseFile file = new LeaseFile(path);
        Owner owner = Owner.current();
        Optional<String> seen = file.read();
        if (seen.isPresent() && !file.isLive(EXPIRY)) {
            file.remove(seen.get(), links);
        }
        return file.tryCreate(owner, links) ? Optional.of(started(file, owner)) : Optional.empty();
    }

    @SuppressWarnings("EmptyCatch") // see there
    private void beat() {
        long count = 0;
        while (isHeld) {
            LockSupport.parkNanos(BEAT.toNanos());
            if (!isHeld || !file.isOf(owner)) {
                isHeld = false;
                return;
            }
            try {
                file.beat(owner, ++count, Math.max(0, reserved.getAsLong()));
            } catch (IOException _) {
                // A beat that fails is one that others do not see: the next look shows whether the lease is still ours.
            }
        }
    }

    /** Says how much is still going to be written under it: now, and again with every beat. */
    void reserve(LongSupplier bytes) throws IOException {
        reserved = bytes;
        if (file.isOf(owner)) {
            file.beat(owner, 0, Math.max(0, bytes.getAsLong()));
        }
    }

    /** Unique to this lease: the name under which its owner's bytes lie. */
    String nonce() {
        return owner.nonce();
    }

    /** Looks at the disk: whether it is still ours. */
    boolean isHeld() {
        return isHeld && file.isOf(owner);
    }

    @Override
    public void close() throws IOException {
        isHeld = false;
        LockSupport.unpark(beats);
        if (file.isOf(owner)) {
            Files.deleteIfExists(file.path());
        }
    }
}
