// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;
import dev.lastcall.metadata.http.MetadataTransport;
import dev.lastcall.metadata.time.AnswerTime;
import org.jspecify.annotations.Nullable;

/** A metadata server in memory: answers what the test has set for a path, 404 for the rest, and keeps every request. */
public final class FakeServer implements MetadataTransport {

    /** Answers one request. */
    @FunctionalInterface
    public interface Script {
        /** The answer; null for 404. */
        @Nullable
        MetadataAnswer answer(MetadataRequest request) throws InterruptedException;
    }

    private final NodeClock clock;
    private final List<MetadataRequest> requests = new ArrayList<>();
    private volatile Script script = request -> null;
    private volatile boolean keeps = true;
    private volatile long count;

    /** A server that knows no path. */
    public FakeServer(NodeClock clock) {
        this.clock = clock;
    }

    /** From now on answers so. */
    public void script(Script next) {
        script = next;
    }

    /** Only counts requests from now on, for runs of many. */
    public void forgetRequests() {
        keeps = false;
    }

    @Override
    public MetadataAnswer ask(MetadataRequest request) throws InterruptedException {
        synchronized (this) {
            count++;
            if (keeps) {
                requests.add(request);
            }
        }
        MetadataAnswer answer = script.answer(request);
        return answer == null ? status(404, "404 - Not Found") : answer;
    }

    /** All requests so far. */
    public synchronized List<MetadataRequest> requests() {
        return List.copyOf(requests);
    }

    /** How many requests there were. */
    public long count() {
        return count;
    }

    /** How many requests had this method and a path that contains {@code part}. */
    public synchronized long count(MetadataRequest.Method method, String part) {
        return requests.stream().filter(r -> r.method() == method && r.path().contains(part)).count();
    }

    /** A 200, dated by the clock. */
    public MetadataAnswer ok(String body) {
        return status(200, body);
    }

    /** Any status, dated by the clock. */
    public MetadataAnswer status(int status, String body) {
        return dated(status, body, Map.of());
    }

    /** A 200 with headers, dated by the clock. */
    public MetadataAnswer ok(String body, Map<String, String> headers) {
        return dated(200, body, headers);
    }

    private MetadataAnswer dated(int status, String body, Map<String, String> headers) {
        return new MetadataAnswer.Response(status, headers, body,
                new AnswerTime(clock.nanoTime(), clock.wallTime(),
                        clock.wallTime().truncatedTo(java.time.temporal.ChronoUnit.SECONDS)));
    }

    /** No answer. */
    public static MetadataAnswer failed(MetadataProblem.Kind kind) {
        return new MetadataAnswer.Failed(new MetadataProblem(kind, "scripted " + kind.label()));
    }
}
