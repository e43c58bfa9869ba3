// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

/** What pins every range of a file to one version of it. */
public sealed interface Validator {

    /** Whether ranges pinned by it are of one version for certain. */
    default boolean isStrong() {
        return !(this instanceof None);
    }

    /**
     * Whether no other version of the file can ever bear it. A time can: what replaces a file may keep an older file's time,
     * or come in the same second.
     */
    default boolean isUnique() {
        return switch (this) {
            case Tag tag -> true;
            case Generation generation -> true;
            case Pinned pinned -> true;
            case Modified modified -> false;
            case None none -> false;
        };
    }

    /** A form for the journal and for manifests; equal exactly when the validators are. */
    String text();

    /** A strong entity tag (RFC 9110, 8.8.3). */
    record Tag(VersionTag tag) implements Validator {

        /** @throws IllegalArgumentException if the tag is a weak one, which pins nothing */
        public Tag {
            if (tag.isWeak()) {
                throw new IllegalArgumentException("a weak tag pins no bytes: " + tag);
            }
        }

        /** Of its text, with its quotation marks. */
        public Tag(String etag) {
            this(new VersionTag(etag, false));
        }

        @Override
        public String text() {
            return "etag " + tag;
        }
    }

    /** The text of a {@code Last-Modified} header, or a time of modification. */
    record Modified(String time) implements Validator {
        @Override
        public String text() {
            return "modified " + time;
        }
    }

    /** An object generation of Google Cloud Storage. */
    record Generation(long number) implements Validator {
        @Override
        public String text() {
            return "generation " + number;
        }
    }

    /** The address itself names one immutable version, such as a commit. */
    record Pinned(String version) implements Validator {
        @Override
        public String text() {
            return "pinned " + version;
        }
    }

    /** Nothing: only one uninterrupted stream, or a digest, says that the bytes belong together. */
    record None() implements Validator {
        @Override
        public String text() {
            return "none";
        }
    }
}
