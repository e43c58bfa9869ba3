// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.lastcall.agent.bounds.ReadBudget;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a watch. Chunks are taken from the network one at a time, as the reader asks for them, so that a flood of
 * changes waits in the socket and not in the heap. To be read by one virtual or platform thread.
 */
final class WatchStream implements AutoCloseable {

    /** Longest line; etcd keeps no object above 1.5 MiB. */
    static final int MAX_LINE_BYTES = 4 * 1024 * 1024;

    private final HttpClientRequest request;
    private final ReadBudget.Place place;
    private final LinkedBlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private final Deque<String> lines = new ArrayDeque<>();
    private Buffer begun = Buffer.buffer();
    private @Nullable HttpClientResponse response;

    /** @param place holds what has come and is not understood yet; closed with this */
    WatchStream(HttpClientRequest request, ReadBudget.Place place) {
        this.request = request;
        this.place = place;
    }

    private sealed interface Part {
        record Chunk(Buffer bytes) implements Part {}

        record End(@Nullable Throwable failure) implements Part {}
    }

    /** Takes the response in hand as soon as it is there, on the event loop, before any of its body can go by. */
    Future<HttpClientResponse> open(Future<HttpClientResponse> sent) {
        return sent.onSuccess(opened -> {
            opened.pause();
            opened.exceptionHandler(failure -> parts.add(new Part.End(failure)));
            opened.endHandler(_ -> parts.add(new Part.End(null)));
            opened.handler(chunk -> parts.add(new Part.Chunk(chunk)));
            response = opened;
            opened.fetch(1);
        });
    }

    /**
     * The next line.
     *
     * @return empty where the server ended the watch in its own time
     * @throws IOException if it broke, was silent for longer than {@code silence}, or sent too long a line
     */
    Optional<String> next(Duration silence) throws IOException, InterruptedException {
        if (lines.isEmpty()) {
            // The lines before have been understood; what is held is the beginning of the next.
            place.clear();
            hold(begun);
        }
        while (lines.isEmpty()) {
            Part part = parts.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
            switch (part) {
                case null -> throw new IOException("silent for " + silence.toSeconds() + " s");
                case Part.End(Throwable failure) when failure != null -> throw new IOException("broke off", failure);
                case Part.End _ -> {
                    return Optional.empty();
                }
                case Part.Chunk(Buffer bytes) -> {
                    split(bytes);
                    fetch();
                }
            }
        }
        return Optional.of(lines.removeFirst());
    }

    private void split(Buffer bytes) throws IOException {
        hold(bytes);
        int start = 0;
        for (int i = 0; i < bytes.length(); i++) {
            if (bytes.getByte(i) == '\n') {
                begun.appendBuffer(bytes, start, i - start);
                if (begun.length() > 0) {
                    lines.add(KubernetesApi.utf8(begun));
                }
                begun = Buffer.buffer();
                start = i + 1;
            }
        }
        begun.appendBuffer(bytes, start, bytes.length() - start);
        if (begun.length() > MAX_LINE_BYTES) {
            throw new IOException("a line is longer than " + MAX_LINE_BYTES + " bytes");
        }
    }

    private void hold(Buffer bytes) throws IOException {
        if (!place.take(bytes.length())) {
            throw new IOException("no room: too much is being read at this moment");
        }
    }

    /** What is left of the body, for an answer that is no watch. */
    Buffer rest(Duration bound) throws IOException, InterruptedException {
        Buffer body = Buffer.buffer();
        while (body.length() <= KubernetesApi.MAX_BODY_BYTES) {
            Part part = parts.poll(bound.toMillis(), TimeUnit.MILLISECONDS);
            if (!(part instanceof Part.Chunk(Buffer bytes))) {
                return body;
            }
            hold(bytes);
            body.appendBuffer(bytes);
            fetch();
        }
        throw new IOException("the answer is larger than " + KubernetesApi.MAX_BODY_BYTES + " bytes");
    }

    private void fetch() {
        HttpClientResponse open = response;
        if (open != null) {
            open.fetch(1);
        }
    }

    /** Ends the watch. Idempotent. */
    @Override
    public void close() {
        place.close();
        request.reset();
    }
}
