// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

/** What happens to the transfer of a file; {@link TransferMachine} says what it leads to. */
sealed interface TransferEvent {

    /** Why what is fetched of a file counts no more. */
    enum Cause {
        /** The store says that the file is another one now. */
        CHANGED,
        /** The store sends the whole file whatever range it is asked for. */
        RANGE_IGNORED,
        /** A stream broke off that cannot be continued. */
        STREAM_BROKEN,
        /** The bytes are not what the store promises. */
        CORRUPT
    }

    /** What a look at the whole file has shown. */
    enum Proof {
        /** The size is right, and so is the digest that the store promises. */
        DIGEST,
        /** The size is right; there was no digest to compare. */
        SIZE,
        /** The size or the digest is wrong. */
        WRONG
    }

    /** Its partial file is open. */
    record Opened(boolean isWhole) implements TransferEvent {}

    /** A worker begins to fetch parts of it. */
    record Joined() implements TransferEvent {}

    /** A worker fetches no more of it. */
    record Left(boolean isWhole) implements TransferEvent {}

    /**
     * What an attempt has fetched counts no more.
     *
     * @param attempt the number of the attempt that it is said of
     * @param otherwise how the transfer ends where that has happened too often
     */
    record Voided(int attempt, Cause cause, FetchException otherwise) implements TransferEvent {}

    /** It is ready to be fetched again: its partial file is open, and empty or of the listed version. */
    record Reopened(boolean isWhole) implements TransferEvent {}

    /**
     * The whole file was looked at.
     *
     * @param otherwise how the transfer ends if the bytes are wrong once more
     */
    record Checked(Proof proof, FetchException otherwise) implements TransferEvent {}

    /** It has its name. */
    record Named() implements TransferEvent {}

    /** It cannot be had, or is not wanted any more. */
    record GivenUp(FetchException why) implements TransferEvent {}
}
