// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

import static dev.lastcall.warmup.failure.StoreProblem.CHANGED;
import static dev.lastcall.warmup.failure.StoreProblem.MISSING;
import static dev.lastcall.warmup.failure.StoreProblem.UNSUPPORTED;

/** Why what a store has is no model that can be had. {@code {}} is replaced by the detail. */
public enum ModelFault {
    /** A prefix without objects. */
    NOTHING_THERE(MISSING, "nothing is there", Advice::empty),
    /** As it says. */
    NOTHING_LEFT(MISSING, "include and exclude leave no file", "correct the patterns"),
    /** A folder without files, or the patterns. */
    NO_FILES(MISSING, "no file there, or none that include and exclude leave", Advice::empty),
    /** As it says. */
    TOO_MANY(UNSUPPORTED, "more than {} are no model", Advice::empty),
    /** As it says. */
    NO_USABLE_NAME(UNSUPPORTED, "no file can be stored: {}", "rename it in the store"),
    /** As it says. */
    LINK_TO_NOTHING(MISSING, "it is a link to {}, which is not there: the model is not whole",
            "finish its copy, or leave it out with exclude"),
    /** As it says. */
    LINK_OUT(UNSUPPORTED, "it is a link to {} and leads out of the folder",
            "put the file itself there, or leave it out with exclude"),
    /** As it says. */
    LINK_CIRCLE(UNSUPPORTED, "it is a link to {} and leads back to a folder that holds it",
            "put the file itself there, or leave it out with exclude"),
    /** As it says. */
    GONE(MISSING, "it is gone", "finish its copy, or leave it out with exclude"),
    /** As it says. */
    CHANGED_WHILE_READ(CHANGED, "it was changed while it was read", ""),
    /** As it says. */
    CHANGED_WHILE_FETCHED(CHANGED, "it was replaced while it was fetched", ""),
    /** As it says. */
    FILES_CHANGED(CHANGED, "files changed while they were fetched", ""),
    /** As it says. */
    SHORTER_THAN_LISTED(StoreProblem.SHORT, "it ends at {}", "it is read again from there"),
    /** No digest is offered and one is required. */
    NO_DIGEST(UNSUPPORTED, "the store offers no digest and requireDigest is on",
            family -> Advice.digest(family) + ", or turn requireDigest off"),
    /** Twice. */
    CORRUPT(UNSUPPORTED, "fetched twice and wrong twice: {}", Advice::corrupt),
    /** What a loader would say. */
    NOT_LOADABLE(UNSUPPORTED, "it cannot be loaded as it is in the store: {}",
            "upload it again, or correct include and exclude");

    private final StoreProblem problem;
    private final String what;
    @SuppressWarnings("ImmutableEnumChecker") // text that depends on the family alone
    private final Remedy remedy;

    ModelFault(StoreProblem problem, String what, String remedy) {
        this(problem, what, family -> remedy);
    }

    ModelFault(StoreProblem problem, String what, Remedy remedy) {
        this.problem = problem;
        this.what = what;
        this.remedy = remedy;
    }

    StoreProblem problem() {
        return problem;
    }

    String what() {
        return what;
    }

    String remedy(StoreFamily family) {
        return remedy.at(family);
    }
}
