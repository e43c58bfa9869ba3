// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import dev.lastcall.warmup.StoreSettings;
import dev.lastcall.warmup.WarmupRequest.Verify;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.fetch.FetchSettings.ChangePolicy;
import dev.lastcall.warmup.store.Selection;
import org.jspecify.annotations.Nullable;

/**
 * A model that this node warms.
 *
 * @param name its name in the cache, in metrics and in commands
 * @param from the store's address
 * @param revision of a repository on the hub; null for the address's own
 * @param selection which of its files
 * @param priority the higher goes first
 * @param requireDigest whether files for which the store vouches by no digest are refused
 * @param verify how far the disk is trusted
 * @param onChange what happens when a file changes in the store while it is fetched
 * @param store what else is said of the store
 */
public record ModelSettings(String name, String from, @Nullable String revision, Selection selection, int priority,
        boolean requireDigest, Verify verify, ChangePolicy onChange, StoreSettings store) {

    /** What is there is read: the disk may have changed while the agent was away. */
    public static final Verify VERIFY = Verify.ON_START;

    /** All its files, from a store that the environment describes. */
    public static ModelSettings of(String name, String from) {
        return new ModelSettings(name, from, null, Selection.ALL, 0, false, VERIFY,
                FetchSettings.defaults().onChange(), StoreSettings.DEFAULT);
    }

    /** The store's address with the revision. */
    public String address() {
        return revision == null ? from : from + "@" + revision;
    }
}
