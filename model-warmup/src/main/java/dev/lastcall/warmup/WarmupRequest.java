// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.store.Selection;

/**
 * What to warm and how.
 *
 * @param model its name in the cache and in messages
 * @param selection which of its files
 * @param verify how files that are there already are looked at
 * @param requireDigest refuse files for which the store vouches by no digest
 * @param hubRepository {@code org/name} to show it also in Hugging Face's layout; empty for not
 * @param hubReference such as {@code main}
 * @param settings of the engine
 */
public record WarmupRequest(String model, Selection selection, Recheck verify, boolean requireDigest,
        String hubRepository,
        String hubReference, FetchSettings settings) {

    /** How files that are there already are looked at before the model is called warm. */
    public enum Recheck {
        /** Read all and compare digests. */
        DIGESTS,
        /** Compare sizes: damage of single bytes is missed. */
        SIZES
    }

    /** Everything, sizes only for what is there, digests not demanded. */
    public static WarmupRequest of(String model) {
        return new WarmupRequest(model, Selection.ALL, Recheck.SIZES, false, "", "main", FetchSettings.defaults());
    }

    /** The same for some of the files. */
    public WarmupRequest withSelection(Selection wanted) {
        return new WarmupRequest(model, wanted, verify, requireDigest, hubRepository, hubReference, settings);
    }

    /** The same with another look at what is there. */
    public WarmupRequest withRecheck(Recheck recheck) {
        return new WarmupRequest(model, selection, recheck, requireDigest, hubRepository, hubReference, settings);
    }

    /** The same, refusing what cannot be verified. */
    public WarmupRequest withDigestsRequired() {
        return new WarmupRequest(model, selection, verify, true, hubRepository, hubReference, settings);
    }

    /** The same, shown in Hugging Face's layout too. */
    public WarmupRequest withHub(String repository, String reference) {
        return new WarmupRequest(model, selection, verify, requireDigest, repository, reference, settings);
    }

    /** The same with other settings of the engine. */
    public WarmupRequest withSettings(FetchSettings engine) {
        return new WarmupRequest(model, selection, verify, requireDigest, hubRepository, hubReference, engine);
    }
}
