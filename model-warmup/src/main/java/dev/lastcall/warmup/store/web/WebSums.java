// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.web;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.network.ControlCalls;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.http.HttpAnswers;
import dev.lastcall.warmup.store.http.HttpFollower;
import dev.lastcall.warmup.store.listing.OfferedSums;
import dev.lastcall.warmup.store.listing.Sha256Sums;
import dev.lastcall.warmup.verify.Digest;

/** Asks a web server for the {@code SHA256SUMS} of a folder. */
final class WebSums {

    /** A server that fails for this one name is no server that is down: it is not waited for as long. */
    private static final int MAX_FAULTS = 2;

    private WebSums() {}

    /**
     * Asks for it.
     *
     * @throws StoreException why it cannot be had
     */
    static OfferedSums required(HttpFollower follower, URI address) throws StoreException, InterruptedException {
        return OfferedSums.read(ControlCalls.repeat(() -> ask(follower, address)));
    }

    /** Asks for it; does without where it is not there or cannot be used. */
    static OfferedSums offered(HttpFollower follower, URI address) throws InterruptedException {
        AtomicInteger faults = new AtomicInteger();
        try {
            return OfferedSums.read(ControlCalls.repeat(() -> {
                try {
                    return ask(follower, address);
                } catch (StoreException e) {
                    boolean isFault = e.problem() == StoreProblem.FAULTY || e.problem() == StoreProblem.MALFORMED;
                    throw isFault && faults.incrementAndGet() == MAX_FAULTS
                            ? e.forGood()
                            : e;
                }
            }));
        } catch (StoreException e) {
            return e.problem() == StoreProblem.MISSING
                    ? OfferedSums.NONE
                    : OfferedSums.without(e);
        }
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
