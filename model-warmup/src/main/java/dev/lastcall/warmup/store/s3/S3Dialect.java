// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Refusal;
import dev.lastcall.warmup.failure.Silence;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.http.RetryAfter;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.VersionTag;
import dev.lastcall.warmup.store.http.HttpDialect;
import dev.lastcall.warmup.store.http.RangeRequest;
import org.jspecify.annotations.Nullable;

/** Signed GETs of ranges, for one reader; confined to its worker. */
final class S3Dialect implements HttpDialect {

    private final S3Requests requests;
    private S3Requests.@Nullable Worded last;

    S3Dialect(S3Requests requests) {
        this.requests = requests;
    }

    @Override
    public RangeRequest request(RemoteFile file, long offset, long length) throws StoreException, InterruptedException {
        Map<String, String> headers = new HashMap<>();
        headers.put("range", "bytes=" + offset + "-" + (offset + length - 1));
        switch (file.validator()) {
            case Validator.Tag(VersionTag tag) -> headers.put("if-match", tag.toString());
            case Validator.Modified(String time) -> headers.put("if-unmodified-since", time);
            case Validator.Generation other -> throw foreign(file, other);
            case Validator.Pinned other -> throw foreign(file, other);
            case Validator.None none -> {
                // Only a digest can tell: the engine knows that this validator is not a strong one.
            }
        }
        S3Requests.Worded worded = requests.word("GET", file.location(), List.of(), headers);
        last = worded;
        List<String> lines = worded.headers()
                .entrySet()
                .stream()
                .map(header -> header.getKey() + ": " + header.getValue())
                .toList();
        return new RangeRequest(worded.place().origin(), worded.target(), lines);
    }

    private static IllegalArgumentException foreign(RemoteFile file, Validator validator) {
        return new IllegalArgumentException(file.path() + " was not listed by S3: " + validator.text());
    }

    @Override
    public StoreFamily family() {
        return StoreFamily.S3;
    }

    @Override
    public void agreed(RemoteFile file) {
        S3Requests.Worded worded = last;
        if (worded != null) {
            requests.works(worded);
        }
    }

    @Override
    public StoreException explain(RemoteFile file, RangeRequest request, ResponseHead head, String body) {
        S3Requests.Worded worded = last;
        if (worded == null) {
            throw new IllegalStateException("an answer without a request");
        }
        S3Error error = S3Error.of(head, body);
        String what = requests.describe("GET", file.location(), worded);
        try {
            if (requests.takeUp(worded, error, head)) {
                return new StoreException(new Failure.Refused(StoreFamily.S3, what,
                        error.status() + " " + error.code(), Refusal.ASKED_OTHERWISE));
            }
        } catch (StoreException e) {
            return e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new StoreException(new Failure.NoAnswer(what, Silence.INTERRUPTED, "", StoreProblem.UNREACHABLE), e);
        }
        return S3Answers.explain(requests.bucket(), what, error, RetryAfter.of(head));
    }
}
