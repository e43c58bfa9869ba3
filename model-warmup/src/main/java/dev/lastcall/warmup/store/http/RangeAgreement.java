// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.util.Optional;
import java.util.OptionalLong;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.ContentRange;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.VersionTag;
import dev.lastcall.warmup.text.Amount;

/**
 * Whether the head of an answer promises exactly the bytes that were asked for, of the version that was listed. An answer
 * that says so in its own way is taken: a 200 with the range's {@code Content-Range}, a body without a length. One that
 * contradicts itself is asked for again; one that is of another version is a change.
 *
 * @param family the kind of store; one of objects has ranges, a web server may have none
 * @param reading the request, for messages
 * @param file as it was listed
 * @param offset of the first byte that was asked for
 * @param length how many bytes were asked for
 */
record RangeAgreement(StoreFamily family, String reading, RemoteFile file, long offset, long length) {

    /**
     * Checks the head of a 200 or 206.
     *
     * @param body length of the body, where the head says it
     * @throws StoreException if it is not the answer to the request
     */
    void require(ResponseHead head, OptionalLong body) throws StoreException {
        if (!ContentCoding.isPlain(head)) {
            throw bad(AnswerFault.ENCODED, ContentCoding.shown(head));
        }
        requireVersion(head);
        Optional<ContentRange> range = head.field("content-range").flatMap(ContentRange::parse);
        if (range.isPresent()) {
            requireRange(range.get(), head, body);
        } else if (head.status() == 200 && head.field("content-range").isEmpty()) {
            requireWhole(head, body);
        } else {
            throw bad(AnswerFault.NO_CONTENT_RANGE, Integer.toString(head.status()));
        }
    }

    private void requireVersion(ResponseHead head) throws StoreException {
        if (file.validator() instanceof Validator.Modified(String time)
                && head.field("last-modified").filter(other -> !other.equals(time)).isPresent()) {
            // Also an older one: who rolls back often keeps the time, and If-Unmodified-Since lets that pass.
            throw bad(AnswerFault.OTHER_TIME, time + " and is "
                    + head.field("last-modified").orElse("gone"));
        }
        if (!(file.validator() instanceof Validator.Tag(VersionTag listed))) {
            return;
        }
        Optional<VersionTag> other = HttpAnswers.tag(head).filter(tag -> !tag.matchesWeakly(listed));
        if (other.isPresent()) {
            throw bad(AnswerFault.OTHER_TAG, listed + " and is " + other.get());
        }
    }

    private void requireRange(ContentRange range, ResponseHead head, OptionalLong body) throws StoreException {
        if (range.total() >= 0 && range.total() != file.sizeBytes()) {
            throw otherSize(head, "it had " + sizes(file.sizeBytes(), range.total(), " and has "));
        }
        boolean isOtherLength = body.isPresent() && body.getAsLong() != length;
        if (range.first() != offset || range.last() != offset + length - 1 || isOtherLength) {
            throw bad(AnswerFault.OTHER_RANGE, shown(body) + " from " + Amount.of(range.first())
                    + " on, and not " + Amount.of(length) + " from " + Amount.of(offset) + " on");
        }
    }

    private void requireWhole(ResponseHead head, OptionalLong body) throws StoreException {
        if (offset != 0 || length != file.sizeBytes()) {
            throw bad(family == StoreFamily.WEB ? AnswerFault.NO_RANGES : AnswerFault.RANGE_DROPPED, "");
        }
        if (body.isPresent() && body.getAsLong() != length) {
            throw otherSize(head,
                    "it was listed with " + sizes(length, body.getAsLong(), " and the body has "));
        }
    }

    /** With the very tag that was listed it is the answer that is wrong, not the object that is another one. */
    private StoreException otherSize(ResponseHead head, String said) {
        boolean isSameVersion = file.validator() instanceof Validator.Tag(VersionTag listed)
                && HttpAnswers.tag(head).filter(listed::matchesStrongly).isPresent();
        return isSameVersion
                ? bad(AnswerFault.CONTRADICTION, said)
                : bad(AnswerFault.OTHER_SIZE, said);
    }

    private static String shown(OptionalLong body) {
        return body.isPresent() ? Amount.of(body.getAsLong()) : "an unknown length";
    }

    /** Where they look alike when they are rounded, by their difference. */
    private static String sizes(long one, long other, String joint) {
        String first = Amount.of(one);
        return first.equals(Amount.of(other))
                ? first + joint + Amount.of(Math.abs(other - one)) + (other > one ? " more" : " less")
                : first + joint + Amount.of(other);
    }

    private StoreException bad(AnswerFault fault, String detail) {
        return new StoreException(new Failure.BadAnswer(family, reading, fault, detail));
    }
}
