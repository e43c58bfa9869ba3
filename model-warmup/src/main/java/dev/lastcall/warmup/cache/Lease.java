// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * The right of one process to work on a model, on any file system: a file that only one can create, whose beats its owner
 * writes. Locks of the kernel are not relied upon, since on some network mounts they are void. An owner whose beats stop is
 * followed; one that is certainly dead at once. What an owner that only slept may still do harms nobody: its bytes lie under
 * its own name, and it looks at the lease before it publishes.
 */
final class Lease implements AutoCloseable {

    static final Duration BEAT = Duration.ofSeconds(2);

    /** Without a beat for so long, as seen by who waits, the owner is taken for dead. */
    static final Duration EXPIRY = Duration.ofSeconds(10);

    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final int MAX_BYTES = 4096;

    private final Path path;
    private final Owner owner;
    private final Thread beats;
    private volatile boolean isHeld = true;

    private Lease(Path path, Owner owner) {
        this.path = path;
        this.owner = owner;
        this.beats = Thread.ofVirtual().name("warmup-lease").unstarted(this::beat);
    }

    /** Waits until it is ours. */
    static Lease acquire(Path path) throws IOException, InterruptedException {
        return acquire(path, EXPIRY);
    }

    static Lease acquire(Path path, Duration expiry) throws IOException, InterruptedException {
        Files.createDirectories(path.toAbsolutePath().resolveSibling("."));
        Owner owner = Owner.current();
        String seen = "";
        long seenAt = System.nanoTime();
        while (true) {
            if (tryCreate(path, owner)) {
                Lease lease = new Lease(path, owner);
                lease.beats.start();
                return lease;
            }
            Optional<String> now = read(path);
            if (now.isPresent() && !now.get().equals(seen)) {
                seen = now.get();
                seenAt = System.nanoTime();
            }
            boolean isDead = Owner.parse(seen).map(Owner::isCertainlyDead).orElse(false);
            if (now.isPresent() && (isDead || System.nanoTime() - seenAt > expiry.toNanos())) {
                remove(path, seen);
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

    private static boolean tryCreate(Path path, Owner owner) throws IOException {
        // Written whole before it gets the name, so that nobody ever reads half an owner.
        Path own = path.resolveSibling("." + path.getFileName() + "." + owner.nonce());
        try {
            Files.writeString(own, owner.text() + "0\n", StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING);
            Files.createLink(path, own);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(own);
        }
    }

    private static Optional<String> read(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocate(MAX_BYTES);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            }
            return Optional.of(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Takes away exactly the lease that was seen to be dead; one that another has made meanwhile is put back. */
    private static void remove(Path path, String seen) throws IOException {
        Path aside = path.resolveSibling("." + path.getFileName() + ".stale." + UUID.randomUUID());
        try {
            Files.move(path, aside);
            if (!read(aside).orElse("").equals(seen)) {
                Files.createLink(path, aside);
            }
        } catch (NoSuchFileException | FileAlreadyExistsException e) {
            // Another was faster; the loop looks again.
            return;
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    @SuppressWarnings("EmptyCatch") // see there
    private void beat() {
        long count = 0;
        while (isHeld) {
            LockSupport.parkNanos(BEAT.toNanos());
            if (!isHeld || !isOurs()) {
                isHeld = false;
                return;
            }
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap((owner.text() + ++count + "\n").getBytes(StandardCharsets.UTF_8)), 0);
            } catch (IOException _) {
                // A beat that fails is one that others do not see: the next look tells whether the lease is still ours.
            }
        }
    }

    private boolean isOurs() {
        try {
            return read(path).flatMap(Owner::parse).filter(found -> found.nonce().equals(owner.nonce())).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    /** Unique to this lease: the name under which its owner's bytes lie. */
    String nonce() {
        return owner.nonce();
    }

    /** Looks at the disk: whether nobody has taken it over. */
    boolean isHeld() {
        return isHeld && isOurs();
    }

    @Override
    public void close() throws IOException {
        isHeld = false;
        LockSupport.unpark(beats);
        if (isOurs()) {
            Files.deleteIfExists(path);
        }
    }
}
