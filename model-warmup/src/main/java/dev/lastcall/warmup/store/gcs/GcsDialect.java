// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.gcs;

import java.util.Map;
import java.util.stream.Stream;

import dev.lastcall.warmup.credentials.AccessToken;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Silence;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.http.PercentEncoding;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.http.HttpDialect;
import dev.lastcall.warmup.store.http.RangeRequest;
import org.jspecify.annotations.Nullable;

/** GETs of ranges of one generation, for one reader; confined to its worker. */
final class GcsDialect implements HttpDialect {

    private final GcsRequests requests;
    private @Nullable AccessToken last;

    GcsDialect(GcsRequests requests) {
        this.requests = requests;
    }

    @Override
    public RangeRequest request(RemoteFile file, long offset, long length) throws StoreException, InterruptedException {
        if (!(file.validator() instanceof Validator.Generation(long generation))) {
            throw new IllegalArgumentException(
                    file.path() + " was not listed by Cloud Storage: " + file.validator().text());
        }
        AccessToken token = requests.token();
        last = token;
        // An accepted encoding keeps the store from decompressing, which would make it ignore the range.
        Stream<String> lines = Stream.concat(
                Stream.of("range: bytes=" + offset + "-" + (offset + length - 1), "accept-encoding: gzip",
                        "user-agent: lastcall"),
                GcsRequests.headers(token)
                        .entrySet()
                        .stream()
                        .map(header -> header.getKey() + ": " + header.getValue()));
        String target = requests.target("/o/" + PercentEncoding.component(file.location()),
                Map.of("alt", "media", "ifGenerationMatch", Long.toString(generation)));
        return new RangeRequest(requests.origin(), target, lines.toList());
    }

    @Override
    public StoreFamily family() {
        return StoreFamily.GCS;
    }

    @Override
    public StoreException explain(RemoteFile file, RangeRequest request, ResponseHead head, String body) {
        String what = "GET gs://…/" + file.location() + " at " + request.origin();
        if (head.status() != 401) {
            return GcsAnswers.explain(what, head, body);
        }
        try {
            return requests.replace(last)
                    ? GcsAnswers.explain(what, head, body)
                    : GcsAnswers.lasting(what, head, body);
        } catch (StoreException e) {
            return e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new StoreException(new Failure.NoAnswer(what, Silence.INTERRUPTED, "", StoreProblem.UNREACHABLE), e);
        }
    }
}
