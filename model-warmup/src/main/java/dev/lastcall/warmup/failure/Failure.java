// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

import java.util.Optional;

/** What failed. Immutable; what it says to a person is in {@link Words} alone. */
public sealed interface Failure {

    /** Whether it is of one file alone, so that the other files of a model may go on. */
    default boolean isOfOneFile() {
        return Scope.isOfOneFile(this);
    }

    /** A failure to get something from a store. */
    sealed interface OfStore extends Failure {

        /** By what must come of it. */
        StoreProblem problem();
    }

    /**
     * A store answered by a status that is no success.
     *
     * @param call the request, without a query
     * @param said status, code and words of the store's own
     */
    record Refused(StoreFamily family, String call, String said, Refusal refusal) implements OfStore {
        @Override
        public StoreProblem problem() {
            return refusal.problem();
        }
    }

    /**
     * A store's answer cannot be used.
     *
     * @param call the request, or the place that was asked
     * @param detail what is wrong with it; can be empty
     */
    record BadAnswer(StoreFamily family, String call, AnswerFault fault, String detail) implements OfStore {

        /** Of which there is nothing more to say. */
        public BadAnswer(StoreFamily family, String call, AnswerFault fault) {
            this(family, call, fault, "");
        }

        @Override
        public StoreProblem problem() {
            return fault.problem();
        }
    }

    /**
     * No answer came, or it broke off.
     *
     * @param call the request
     * @param detail what was seen on the wire; can be empty
     */
    record NoAnswer(String call, Silence silence, String detail, StoreProblem problem) implements OfStore {}

    /**
     * A file or a folder of a store on this machine.
     *
     * @param doing what was done with it, such as {@code list}
     */
    record NotRead(String doing, OnDisk cause, StoreProblem problem) implements OfStore {}

    /**
     * What the store has is no model, or none that can be had.
     *
     * @param where the store, or one file of it
     */
    record BadModel(StoreFamily family, String where, ModelFault fault, String detail) implements OfStore {

        /** Of which there is nothing more to say. */
        public BadModel(StoreFamily family, String where, ModelFault fault) {
            this(family, where, fault, "");
        }

        /** Of one file. */
        public static BadModel of(StoreFamily family, String source, String file, ModelFault fault, String detail) {
            return new BadModel(family, source.endsWith("/" + file) ? source : file + " of " + source, fault, detail);
        }

        @Override
        public StoreProblem problem() {
            return fault.problem();
        }
    }

    /**
     * A failure that a store comes to have from elsewhere, such as that of its credentials.
     *
     * @param where the store, or the request
     */
    record Within(String where, Failure cause, StoreProblem problem) implements OfStore {}

    /**
     * No credentials could be had.
     *
     * @param where who was asked for them
     * @param cause why, where that is a failure of its own
     */
    record NoCredentials(String where, CredentialFault fault, String detail, Optional<Failure> cause)
            implements
                Failure {

        /** Of itself. */
        public NoCredentials(String where, CredentialFault fault, String detail) {
            this(where, fault, detail, Optional.empty());
        }

        /** Of itself, with nothing more to say. */
        public NoCredentials(String where, CredentialFault fault) {
            this(where, fault, "");
        }

        /** Of another failure. */
        public NoCredentials(String where, CredentialFault fault, Failure cause) {
            this(where, fault, "", Optional.of(cause));
        }
    }

    /** A file system's error, or something on it that may not be there. */
    record OnDisk(String path, DiskFault fault, String detail) implements Failure {

        /** Of which there is nothing more to say. */
        public OnDisk(String path, DiskFault fault) {
            this(path, fault, "");
        }
    }

    /**
     * A file system's error while something was done.
     *
     * @param subject the model or the file of it
     */
    record WhileWriting(String subject, OnDisk cause) implements Failure {}

    /**
     * A file of authorities that cannot be used.
     *
     * @param variable that names it
     */
    record BadAuthorities(String variable, OnDisk cause) implements Failure {}
    /** The cache of models cannot be made or opened. */
    record BadCache(OnDisk cause) implements Failure {}

    /**
     * Not enough room.
     *
     * @param freeBytes of the device
     * @param limits what else counts; empty where nothing does
     */
    record NoRoom(String model, String folder, long neededBytes, long freeBytes, Optional<Limits> limits)
            implements
                Failure {

        /** What the cache's settings and other models leave of the device. */
        public record Limits(long reservedBytes, long promisedBytes, long usedBytes, long quotaBytes,
                long releasableBytes) {}
    }

    /** An address or a setting cannot be one. */
    record BadAddress(String text, AddressFault fault, String detail) implements Failure {

        /** Of which there is nothing more to say. */
        public BadAddress(String text, AddressFault fault) {
            this(text, fault, "");
        }
    }

    /**
     * The model did not come to rest.
     *
     * @param change the last one that was seen
     */
    record Restless(Failure change, int listings) implements Failure {}

    /**
     * It ended, and not by a fault of a store or a disk.
     *
     * @param subject the model, or the part of this program
     */
    record Ended(String subject, Ending ending) implements Failure {}
}
