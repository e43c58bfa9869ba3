// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.ModelFault;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.fetch.FetchException;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.retry.Backoff;
import dev.lastcall.warmup.retry.Pause;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;

/**
 * Lists a model again when its files change while they are fetched, so that what is published is one listing and never a
 * mixture of two. A replacement of a model goes file by file: each new listing waits longer, and there is a bound.
 */
final class Relisting {

    /** With the pauses between them some 15 seconds: a slow upload, and no endless one. */
    private static final int MOST = 7;

    private static final Backoff BACKOFF = new Backoff(Duration.ofMillis(400), Duration.ofMillis(6400));

    private final Store store;
    private final Selection selection;
    private final FetchSettings.ChangePolicy policy;
    private int count;

    Relisting(Store store, Selection selection, FetchSettings.ChangePolicy policy) {
        this.store = store;
        this.selection = selection;
        this.policy = policy;
    }

    /**
     * The listing to go on from.
     *
     * @param before the one that does not hold any more
     * @throws FetchException the same change, where the policy forbids another listing or the model never comes to rest
     */
    Listing after(FetchException change, Listing before)
            throws FetchException, StoreException, InterruptedException {
        if (policy == FetchSettings.ChangePolicy.STRICT) {
            throw change;
        }
        if (++count > MOST) {
            throw new FetchException(FetchException.Reason.CHANGED, new Failure.Restless(change.failure(), count),
                    change.getCause());
        }
        if (count > 1) {
            Pause.of(BACKOFF.after(count - 1, ThreadLocalRandom.current()));
        }
        Listing now = store.list(selection);
        if (isGone(change) && isSame(now, before)) {
            // Listed and not to be had: no upload will end that.
            throw change;
        }
        return now;
    }

    /**
     * Whether the store still has what was listed, as far as another listing shows. Not asked where that is certain: all
     * files are named by a commit, or each was asked for after the listing by a name that no other version has. A file that
     * was there before, or that is empty, was not asked for: it may be of a version that had ended before the others were
     * looked at.
     *
     * @param isAllFetched whether every byte was fetched after the listing
     * @throws FetchException {@link FetchException.Reason#CHANGED} if it has something else
     */
    void confirm(Listing fetched, boolean isAllFetched)
            throws FetchException, StoreException, InterruptedException {
        boolean isPinned = fetched.files()
                .stream()
                .allMatch(file -> file.validator() instanceof Validator.Pinned
                        || (isAllFetched && file.sizeBytes() > 0 && file.validator().isUnique()));
        if (isPinned) {
            return;
        }
        if (!isSame(store.list(selection), fetched)) {
            throw new FetchException(FetchException.Reason.CHANGED, new Failure.BadModel(store.family(),
                    fetched.source(), ModelFault.FILES_CHANGED), null);
        }
    }

    private static boolean isSame(Listing one, Listing other) {
        if (one.files().size() != other.files().size()) {
            return false;
        }
        for (int i = 0; i < one.files().size(); i++) {
            if (!one.files().get(i).isSameVersionAs(other.files().get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isGone(FetchException change) {
        return change.getCause() instanceof StoreException said && said.problem() == StoreProblem.MISSING;
    }
}
