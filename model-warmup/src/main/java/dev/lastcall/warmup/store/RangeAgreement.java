// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.Optional;
import java.util.OptionalLong;

import dev.lastcall.warmup.wire.ContentRange;
import dev.lastcall.warmup.wire.ResponseHead;

/**
 * Whether the head of an answer promises exactly the bytes that were asked for, of the version that was listed. An answer
 * that says so in its own way is taken: a 200 with the range's {@code Content-Range}, a body without a length. One that
 * contradicts itself is asked for again; one that is of another version is a change.
 *
 * @param reading the request, for messages
 * @param file as it was listed
 * @param offset of the first byte that was asked for
 * @param length how many bytes were asked for
 * @param ifWhole what it means that the whole object came instead of the range
 */
record RangeAgreement(String reading, RemoteFile file, long offset, long length, StoreProblem ifWhole) {

    /**
     * Checks the head of a 200 or 206.
     *
     * @param body length of the body, where the head says it
     * @throws StoreException if it is not the answer to the request
     */
    void require(ResponseHead head, OptionalLong body) throws StoreException {
        if (!ContentCoding.isPlain(head)) {
            throw new StoreException(StoreProblem.UNSUPPORTED,
                    reading + ": the body is encoded as " + ContentCoding.shown(head)
                            + " although that was not asked for; store the object without Content-Encoding");
        }
        requireVersion(head);
        Optional<ContentRange> range = head.field("content-range").flatMap(ContentRange::parse);
        if (range.isPresent()) {
            requireRange(range.get(), head, body);
        } else if (head.status() == 200 && head.field("content-range").isEmpty()) {
            requireWhole(head, body);
        } else {
            throw new StoreException(StoreProblem.MALFORMED, reading + ": " + head.status()
                    + " without a usable Content-Range");
        }
    }

    private void requireVersion(ResponseHead head) throws StoreException {
        if (file.validator() instanceof Validator.Modified(String time)
                && head.field("last-modified").filter(other -> !other.equals(time)).isPresent()) {
            // Also an older one: who rolls back often keeps the time, and If-Unmodified-Since lets that pass.
            throw new StoreException(StoreProblem.CHANGED, reading + ": the object changed, its time was " + time
                    + " and is " + head.field("last-modified").orElse("gone"));
        }
        if (!(file.validator() instanceof Validator.Tag(VersionTag listed))) {
            return;
        }
        Optional<VersionTag> other = VersionTag.of(head).filter(tag -> !tag.matchesWeakly(listed));
        if (other.isPresent()) {
            throw new StoreException(StoreProblem.CHANGED,
                    reading + ": the object changed, its ETag was " + listed + " and is " + other.get());
        }
    }

    private void requireRange(ContentRange range, ResponseHead head, OptionalLong body) throws StoreException {
        if (range.total() >= 0 && range.total() != file.sizeBytes()) {
            throw otherSize(head, "the object had " + file.sizeBytes() + " bytes and has " + range.total());
        }
        boolean isOtherLength = body.isPresent() && body.getAsLong() != length;
        if (range.first() != offset || range.last() != offset + length - 1 || isOtherLength) {
            throw new StoreException(StoreProblem.MALFORMED, reading + ": asked for other bytes than Content-Range "
                    + range.first() + "-" + range.last() + " with a body of " + shown(body) + " bytes");
        }
    }

    private void requireWhole(ResponseHead head, OptionalLong body) throws StoreException {
        if (offset != 0 || length != file.sizeBytes()) {
            throw new StoreException(ifWhole,
                    reading + ": 200 with the whole object instead of the range; is there a proxy that drops Range?");
        }
        if (body.isPresent() && body.getAsLong() != length) {
            throw otherSize(head,
                    "a body of " + shown(body) + " bytes, the object was listed with " + length);
        }
    }

    /** With the very tag that was listed it is the answer that is wrong, not the object that is another one. */
    private StoreException otherSize(ResponseHead head, String said) {
        boolean isSameVersion = file.validator() instanceof Validator.Tag(VersionTag listed)
                && VersionTag.of(head).filter(listed::matchesStrongly).isPresent();
        return isSameVersion
                ? new StoreException(StoreProblem.MALFORMED,
                        reading + ": an answer that contradicts itself: the ETag is the same, but " + said)
                : new StoreException(StoreProblem.CHANGED, reading + ": the object changed: " + said);
    }

    private static String shown(OptionalLong body) {
        return body.isPresent() ? Long.toString(body.getAsLong()) : "unknown";
    }
}
