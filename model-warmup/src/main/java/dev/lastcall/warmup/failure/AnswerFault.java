// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

import static dev.lastcall.warmup.failure.StoreProblem.CHANGED;
import static dev.lastcall.warmup.failure.StoreProblem.MALFORMED;
import static dev.lastcall.warmup.failure.StoreProblem.REFUSED;
import static dev.lastcall.warmup.failure.StoreProblem.SHORT;
import static dev.lastcall.warmup.failure.StoreProblem.UNSUPPORTED;

/** Why an answer cannot be used. In the words, {@code {}} is replaced by the detail. Without it the detail is the reason. */
public enum AnswerFault {
    /** A body that is not the file's bytes. */
    ENCODED(UNSUPPORTED, "the body has the Content-Encoding {}, although none was asked for", Advice::encoded),
    /** An object whose ranges would be of something else. */
    STORED_ENCODED(UNSUPPORTED, "the object is stored with a Content-Encoding", Advice::encoded),
    /** 416 where there must be a first byte. */
    NO_FIRST_BYTE(MALFORMED, "416 for the first byte of a file that is not empty", "look at the server's ranges"),
    /** As it says. */
    NO_CONTENT_RANGE(MALFORMED, "{} without a usable Content-Range", "look at the server, and at proxies between"),
    /** Something in the listing that cannot go into a request. */
    ODD_REQUEST(UNSUPPORTED, "its name, its address or its tag holds characters that no request can have",
            "rename it in the store, or leave it out with exclude"),
    /** A body without a length. */
    EARLY(SHORT, "the body ended {} early", "it is asked for from there on"),
    /** A body without a length. */
    TOO_LONG(MALFORMED, "a body without a length that is longer than what was asked for",
            "look at the server's ranges"),
    /** A body without a length, of the whole file. */
    GROWN(CHANGED, "a body without a length that is longer than what was asked for", ""),
    /** Another than was listed. */
    OTHER_TIME(CHANGED, "the object changed: its time was {}", ""),
    /** Another than was listed. */
    OTHER_TAG(CHANGED, "the object changed: its ETag was {}", ""),
    /** Another than was listed. */
    OTHER_SIZE(CHANGED, "the object changed: {}", ""),
    /** The same tag and another size. */
    CONTRADICTION(MALFORMED, "an answer that contradicts itself: the ETag is the same, but {}",
            "look at the server and its caches"),
    /** As it says. */
    OTHER_RANGE(MALFORMED, "its Content-Range is of other bytes than were asked for: {}",
            "look at the server, and at proxies between"),
    /** A web server may have no ranges. */
    NO_RANGES(StoreProblem.RANGE_IGNORED, "200 with the whole object instead of the range",
            "let the server serve ranges"),
    /** Stores of objects have ranges. */
    RANGE_DROPPED(MALFORMED, "200 with the whole object instead of the range", "is there a proxy that drops Range?"),
    /** As it says. */
    NO_SIZE(UNSUPPORTED,
            "the server says neither the size of the file nor marks its end, so that it cannot be proved whole",
            "let the server send Content-Length"),
    /** As it says. */
    ENDLESS(UNSUPPORTED, "a body without an end", "check the address"),
    /** As it says. */
    NOT_SUMS(UNSUPPORTED, "a line that is no digest with a name", "is it really a SHA256SUMS file?"),
    /** As it says. */
    TWO_DIGESTS(UNSUPPORTED, "two different digests for {}", "correct the list"),
    /** As it says. */
    TOO_MANY_SUMS(UNSUPPORTED, "larger than any list of digests", "is it really a SHA256SUMS file?"),
    /** As it says. */
    SUMS_NO_TEXT(UNSUPPORTED, "no text", "is it really a SHA256SUMS file?"),
    /** HTTP has no listing. */
    NO_SUMS(UNSUPPORTED, "a web server does not list its files, and there is no SHA256SUMS",
            "name the files with files (--file on the command line), or put one there"),
    /** As it says. */
    MANY_REDIRECTS(UNSUPPORTED, "more than {} redirects", "they may lead in a circle: correct them on the server"),
    /** As it says. */
    REDIRECT_NOWHERE(UNSUPPORTED, "it redirects to no address at all",
            "correct the redirect on the server, or use the address that it should lead to"),
    /** As it says. */
    REDIRECT_ODD(UNSUPPORTED, "it redirects to what is no http or https address",
            "correct the redirect on the server, or use the address that it should lead to"),
    /** As it says. */
    REDIRECT_PORT(UNSUPPORTED, "it redirects to port {}, which no server can have",
            "correct the redirect on the server"),
    /** As it says. */
    REDIRECT_UNSAFE(REFUSED, "refused a redirect from https to http",
            "use the address that it leads to if plain http is right"),
    /** Where credentials are handed out. */
    REDIRECT_INSIDE(REFUSED,
            "refused a redirect to {}: it leads into this node's own network, and the configured address is not"
                    + " there",
            "name the address that it leads to, if that is right"),
    /** As it says. */
    KEYS_OUTSIDE(UNSUPPORTED, "the store lists keys outside the prefix",
            "look at the store: it does not keep to the prefix"),
    /** As it says. */
    PAGE_REPEATED(UNSUPPORTED, "the store repeats a page of its listing", "look at the store: its listing has no end"),
    /** As it says. */
    TOO_LARGE(UNSUPPORTED, "an answer larger than {}", "check the address and what answers there"),
    /** As it says. */
    NO_LISTING(MALFORMED, "a listing that is none: {}", "check that the endpoint is the store's own"),
    /** As it says. */
    NO_USABLE_SIZE(MALFORMED, "an answer without a usable size", "look at the store, and at proxies between"),
    /** As it says. */
    NOT_THE_INTERFACE(MALFORMED, "not an answer of the store's interface",
            "check that the endpoint is the store's own"),
    /** As it says. */
    NO_COMMIT(MALFORMED, "no commit of a model: {}", "check the hub's address"),
    /** As it says. */
    NO_TREE(MALFORMED, "a tree that is none: {}", "check the hub's address"),
    /** A mirror that lacks both ways to list. */
    NO_WAY_TO_LIST(UNSUPPORTED, "{}", "use a mirror that has one of them"),
    /** The hub's address is a name for another. */
    HUB_ELSEWHERE(REFUSED, "the hub points to {}",
            "set HF_ENDPOINT (or endpoint) to that, if the model is to be fetched from there"),
    /** The hub's address is a name for another, which is one too. */
    HUB_POINTS_ON(REFUSED, "the hub points on to {}", "set HF_ENDPOINT to the last of them"),
    /** As it says. */
    API_ELSEWHERE(REFUSED, "the hub's API points to another host, {}", "set HF_ENDPOINT to it, if that is right"),
    /** A commit does not change. */
    OTHER_COMMIT(CHANGED, "not the file that was listed at commit {}", "");

    private final StoreProblem problem;
    private final String what;
    @SuppressWarnings("ImmutableEnumChecker") // text that depends on the family alone
    private final Remedy remedy;

    AnswerFault(StoreProblem problem, String what, String remedy) {
        this(problem, what, family -> remedy);
    }

    AnswerFault(StoreProblem problem, String what, Remedy remedy) {
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
