// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.time.Duration;
import java.util.Optional;

import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.store.Selection;

/**
 * What to warm and how.
 *
 * @param model its name in the cache and in messages
 * @param selection which of its files
 * @param verify how far the disk is trusted
 * @param requireDigest refuse files for which the store vouches by no digest
 * @param hubRepository {@code org/name} to show it also in Hugging Face's layout; empty for not
 * @param hubReference such as {@code main}
 * @param settings of the engine
 * @param askWithin how long the store may take to say what it has where a whole version is there already, which counts
 *     then; empty for as long as it takes
 */
public record WarmupRequest(String model, Selection selection, Verify verify, boolean requireDigest,
        String hubRepository,
        String hubReference, FetchSettings settings, Optional<Duration> askWithin) {

    /**
     * How far the disk is trusted. Whatever this says, bytes that come from a store are compared with the store's digest as
     * they pass, and a file that is damaged is put into quarantine and fetched again, alone.
     */
    public enum Verify {
        /**
         * As {@link #ON_START}, and each file that was fetched or is shared with another version is read back and compared
         * before it gets its name: a disk or a memory that changes bytes on the way is caught at the price of one read.
         */
        ALWAYS,
        /** What is there when the warm-up starts is read whole and compared with its digests, where the store gave any. */
        ON_START,
        /** What is there is compared by size: damage of single bytes is missed. */
        SIZE
    }

    /** Everything, sizes only for what is there, digests not demanded. */
    public static WarmupRequest of(String model) {
        return new WarmupRequest(model, Selection.ALL, Verify.SIZE, false, "", "main", FetchSettings.defaults(),
                Optional.empty());
    }

    /** The same for some of the files. */
    public WarmupRequest withSelection(Selection wanted) {
        return new WarmupRequest(model, wanted, verify, requireDigest, hubRepository, hubReference, settings,
                askWithin);
    }

    /** The same with another look at what is there. */
    public WarmupRequest withVerify(Verify other) {
        return new WarmupRequest(model, selection, other, requireDigest, hubRepository, hubReference, settings,
                askWithin);
    }

    /** The same, refusing what cannot be verified. */
    public WarmupRequest withDigestsRequired() {
        return new WarmupRequest(model, selection, verify, true, hubRepository, hubReference, settings,
                askWithin);
    }

    /** The same, shown in Hugging Face's layout too. */
    public WarmupRequest withHub(String repository, String reference) {
        return new WarmupRequest(model, selection, verify, requireDigest, repository, reference, settings, askWithin);
    }

    /** The same with other settings of the engine. */
    public WarmupRequest withSettings(FetchSettings engine) {
        return new WarmupRequest(model, selection, verify, requireDigest, hubRepository, hubReference, engine,
                askWithin);
    }

    /** The same, where what is there counts if the store has not said within that time what it has. */
    public WarmupRequest withAskWithin(Duration bound) {
        return new WarmupRequest(model, selection, verify, requireDigest, hubRepository, hubReference, settings,
                Optional.of(bound));
    }
}
