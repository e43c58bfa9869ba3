// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

/** How far the transfer of a file is; see {@link TransferMachine} for how the states follow each other. */
sealed interface TransferState {

    /** The state after an event. */
    default TransferState after(TransferEvent event) {
        return TransferMachine.after(this, event);
    }

    /** The transfer is over. */
    sealed interface Final extends TransferState {}

    /** It is listed, and its partial file is not open yet. */
    record Planned(Attempt attempt) implements TransferState {}

    /**
     * Parts of it are fetched.
     *
     * @param workers on it now
     */
    record Transferring(Attempt attempt, int workers) implements TransferState {}

    /**
     * It starts over, as soon as the workers have left it: so no late byte of what was before falls into what comes then.
     *
     * @param workers that have not left it yet, one at least
     * @param seen what the store said
     */
    record Leaving(Attempt attempt, int workers, TransferEvent.Cause cause, FetchException seen)
            implements
                TransferState {}

    /** One thread makes it ready to be fetched again; no worker is on it. */
    record Refetching(Attempt attempt, TransferEvent.Cause cause, FetchException seen) implements TransferState {}

    /** All parts are there, and one thread compares them with what the store promises; no worker is on it. */
    record Verifying(Attempt attempt) implements TransferState {}

    /** It is verified; one thread puts it onto the disk for good and gives it its name. */
    record Whole(Attempt attempt) implements TransferState {}

    /** It has its name. */
    record Published(Attempt attempt) implements Final {}

    /**
     * It has failed, and workers are still on it.
     *
     * @param workers that have not left it yet, one at least
     */
    record Abandoned(int workers, FetchException why) implements TransferState {}

    /** It has failed, and no worker is on it. */
    record Failed(FetchException why) implements Final {}

    /**
     * Which attempt at the file it is, and what went before.
     *
     * @param number counts what made the bytes before it void
     * @param isPromised whether the store promises a digest, without which the bytes must not be published then
     * @param isOneStream whether the store has no ranges of it
     * @param changes how often the store said that it had changed, and it had not
     * @param brokenStreams how often its one stream broke off
     * @param corruptions how often its bytes were wrong
     */
    record Attempt(int number, boolean isPromised, boolean isOneStream, int changes, int brokenStreams,
            int corruptions) {

        /** The first one. */
        static Attempt first(boolean isPromised, boolean isOneStream) {
            return new Attempt(0, isPromised, isOneStream, 0, 0, 0);
        }

        /** The one after this was made void. */
        Attempt next(TransferEvent.Cause cause) {
            return switch (cause) {
                case CHANGED ->
                    new Attempt(number + 1, isPromised, isOneStream, changes + 1, brokenStreams, corruptions);
                case RANGE_IGNORED -> new Attempt(number + 1, isPromised, true, changes, brokenStreams, corruptions);
                case STREAM_BROKEN ->
                    new Attempt(number + 1, isPromised, isOneStream, changes, brokenStreams + 1, corruptions);
                case CORRUPT ->
                    new Attempt(number + 1, isPromised, isOneStream, changes, brokenStreams, corruptions + 1);
            };
        }
    }
}
