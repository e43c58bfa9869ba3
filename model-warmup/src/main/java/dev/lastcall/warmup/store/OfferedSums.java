// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.verify.Digest;

/**
 * The {@code SHA256SUMS} of a folder, on the web or on a disk. Where the names of the files come from elsewhere it is an
 * offer, and anything else in its place costs the digests only.
 *
 * @param byName digests by the name of the file
 * @param note why there are none although the server answered; empty where that is plain
 */
record OfferedSums(Map<String, Digest> byName, Optional<String> note) {

    /** A server that fails for this one name is no server that is down: it is not waited for as long. */
    private static final int MAX_FAULTS = 2;

    /** Without any. */
    static final OfferedSums NONE = new OfferedSums(Map.of(), Optional.empty());

    Optional<Digest> of(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * Asks for it.
     *
     * @throws StoreException why it cannot be had
     */
    static OfferedSums required(HttpFollower follower, URI address) throws StoreException, InterruptedException {
        return new OfferedSums(ControlCalls.repeat(() -> ask(follower, address)), Optional.empty());
    }

    /** Asks for it; does without where it is not there or cannot be used. */
    static OfferedSums offered(HttpFollower follower, URI address) throws InterruptedException {
        AtomicInteger faults = new AtomicInteger();
        try {
            return new OfferedSums(ControlCalls.repeat(() -> {
                try {
                    return ask(follower, address);
                } catch (StoreException e) {
                    boolean isFault = e.problem() == StoreProblem.FAULTY || e.problem() == StoreProblem.MALFORMED;
                    throw isFault && faults.incrementAndGet() == MAX_FAULTS
                            ? e.forGood()
                            : e;
                }
            }), Optional.empty());
        } catch (StoreException e) {
            return e.problem() == StoreProblem.MISSING
                    ? NONE
                    : without(e);
        }
    }

    /** None, and why. */
    static OfferedSums without(StoreException why) {
        return new OfferedSums(Map.of(), Optional.of("done without " + Sha256Sums.NAME + ": " + why.getMessage()));
    }

    private static Map<String, Digest> ask(HttpFollower follower, URI address)
            throws StoreException, InterruptedException {
        HttpFollower.End end = follower.follow("GET", address, Map.of(), Sha256Sums.MAX_BYTES);
        String what = HttpFollower.shown(address);
        if (end.head().status() != 200) {
            throw HttpAnswers.failure("GET " + what, address, end.address(), end.head());
        }
        if (end.response().truncated()) {
            throw new StoreException(new Failure.BadAnswer(StoreFamily.WEB, what, AnswerFault.TOO_MANY_SUMS));
        }
        return Sha256Sums.parse(StoreFamily.WEB, what, end.response().text());
    }
}
