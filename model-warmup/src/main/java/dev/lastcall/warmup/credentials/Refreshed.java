// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Holds what expires and fetches it again in time: one caller fetches, the others that cannot do without wait for it, and
 * those whose copy is still good go on with that. Thread-safe.
 *
 * @param <T> what is held
 */
@SuppressWarnings("ReferenceEquality") // which of two values was fetched later is a question of identity
public final class Refreshed<T extends Expiring> {

    /** Before the end; AWS and Google both hand out the next well before this. */
    static final Duration AHEAD = Duration.ofMinutes(5);

    /** After an early refresh failed, and between refreshes of something that is handed out already near its end. */
    static final Duration PAUSE = Duration.ofSeconds(30);

    private final Fetch<T> fetch;
    private final InstantSource clock;
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable Held<T> held;

    /** Fetches by {@code fetch} when first asked. */
    public Refreshed(Fetch<T> fetch, InstantSource clock) {
        this.fetch = fetch;
        this.clock = clock;
    }

    /**
     * What is good now.
     *
     * @throws CredentialException if there is nothing good and none could be had
     */
    public T get() throws CredentialException, InterruptedException {
        Held<T> current = held;
        Instant now = clock.instant();
        if (current != null && now.isBefore(current.renewAt)) {
            return current.value;
        }
        if (current != null && current.isGoodAt(now)) {
            return fetching.tryLock() ? renewEarly(current) : current.value;
        }
        fetching.lockInterruptibly();
        try {
            Held<T> meanwhile = held;
            if (meanwhile != null && meanwhile != current) {
                return meanwhile.value;
            }
            return replace();
        } finally {
            fetching.unlock();
        }
    }

    /**
     * What to use instead of {@code refused}, which the store says has run out: another one if another thread already has it,
     * else it is fetched now.
     */
    public T insteadOf(T refused) throws CredentialException, InterruptedException {
        fetching.lockInterruptibly();
        try {
            Held<T> current = held;
            if (current != null && current.value != refused) {
                return current.value;
            }
            return replace();
        } finally {
            fetching.unlock();
        }
    }

    private T renewEarly(Held<T> current) throws InterruptedException {
        try {
            Held<T> meanwhile = held;
            return meanwhile != null && meanwhile != current ? meanwhile.value : replace();
        } catch (CredentialException e) {
            // What is held is good for minutes yet: the next caller after the pause tries again.
            held = new Held<>(current.value, current.end, clock.instant().plus(PAUSE));
            return current.value;
        } finally {
            fetching.unlock();
        }
    }

    private T replace() throws CredentialException, InterruptedException {
        T value = fetch.fetch();
        Instant soon = clock.instant().plus(PAUSE);
        Instant end = value.expiration().orElse(Instant.MAX);
        // What has just been handed out is good, whatever the host's own clock makes of its end.
        held = new Held<>(value, later(end, soon), later(end.minus(AHEAD), soon));
        return value;
    }

    private static Instant later(Instant left, Instant right) {
        return left.isAfter(right) ? left : right;
    }

    /**
     * Gets a new one.
     *
     * @param <T> what is held
     */
    @FunctionalInterface
    public interface Fetch<T> {
        /** Gets a new one, or says why there is none. */
        T fetch() throws CredentialException, InterruptedException;
    }

    private record Held<T>(T value, Instant end, Instant renewAt) {

        boolean isGoodAt(Instant now) {
            return now.isBefore(end);
        }
    }
}
