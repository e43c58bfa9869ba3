// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.NodeClock;
import org.jspecify.annotations.Nullable;

/**
 * A metadata server that wants a session token, shared by all sources that ask it.
 *
 * <p>The token is asked for once, by whichever question needs it first, while the others wait for that same answer. It is
 * refreshed long before it expires, on a thread of its own, so that no look ever waits for a refresh. A 401 drops the token,
 * asks for one new token and puts the question once more, never twice.
 *
 * <p>With two endpoints (IPv4 and IPv6) the token is asked of both at once; the one that grants first is asked from then
 * on, until it fails twice in a row. So a blackholed address family costs nothing.
 *
 * <p>Thread-safe.
 */
public final class TokenServer {

    /** Longest token kept; AWS' have 56 characters. */
    private static final int MAX_TOKEN_LENGTH = 1024;

    /** Least time between two attempts at a refresh while the old token still serves. */
    private static final Duration REFRESH_PAUSE = Duration.ofSeconds(5);

    /** Least time between two requests for a token where questions without one are allowed. */
    private static final Duration WITHOUT_PAUSE = Duration.ofMinutes(1);

    /** Failures of an endpoint in a row before the other is tried as well. */
    private static final int FAILURES_TO_CHANGE = 2;

    private final MetadataTransport transport;
    private final List<Endpoint> endpoints;
    private final TokenContract contract;
    private final Explainer explainer;
    private final Duration total;
    private final NodeClock clock;
    private final AtomicInteger failuresInRow = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    // All below is guarded by lock.
    private @Nullable Token held;
    private @Nullable CompletableFuture<Grant> asking;
    private long nextAttemptNanos;

    /**
     * A server that has granted nothing yet.
     *
     * @param endpoints one, or two that are equivalent
     * @param total bound on each exchange
     */
    public TokenServer(MetadataTransport transport, List<Endpoint> endpoints, TokenContract contract,
            Explainer explainer, Duration total,
            NodeClock clock) {
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("no endpoint to ask for a token");
        }
        this.transport = transport;
        this.endpoints = List.copyOf(endpoints);
        this.contract = contract;
        this.explainer = explainer;
        this.total = total;
        this.clock = clock;
        this.nextAttemptNanos = clock.nanoTime();
    }

    /** Reads {@code path}, with a token. A status that is no failure of the conversation, such as 404, is an answer. */
    public MetadataAnswer get(String path, Map<String, String> headers) throws InterruptedException {
        MetadataAnswer first = attempt(path, headers);
        return first instanceof MetadataAnswer.Response response && response.status() == 401
                ? attempt(path, headers)
                : first;
    }

    /** Why {@code answer} to {@code path} is of no use. */
    public MetadataProblem explain(String path, MetadataAnswer answer) {
        return explainer.explain(request(endpoints.getFirst(), path, Map.of()), answer);
    }

    private MetadataAnswer attempt(String path, Map<String, String> headers) throws InterruptedException {
        return switch (token()) {
            case Granted granted -> {
                Token token = granted.token();
                MetadataRequest request = request(token.endpoint(), path, headers).with(contract.tokenHeader(),
                        token.value());
                MetadataAnswer answer = transport.ask(request);
                judge(token, answer);
                yield answer;
            }
            case Without without -> {
                MetadataAnswer answer = transport.ask(request(endpoints.getFirst(), path, headers));
                if (answer instanceof MetadataAnswer.Response response && response.status() == 401) {
                    askAgainNow();
                }
                yield answer;
            }
            case Refused refused -> new MetadataAnswer.Failed(refused.problem());
        };
    }

    private MetadataRequest request(Endpoint endpoint, String path, Map<String, String> headers) {
        return MetadataRequest.get(endpoint, path, headers, total);
    }

    private void judge(Token token, MetadataAnswer answer) {
        switch (answer) {
            case MetadataAnswer.Response response -> {
                failuresInRow.set(0);
                if (response.status() == 401) {
                    drop(token);
                }
            }
            case MetadataAnswer.Failed failed -> {
                if (endpoints.size() > 1 && failuresInRow.incrementAndGet() >= FAILURES_TO_CHANGE) {
                    failuresInRow.set(0);
                    drop(token);
                }
            }
        }
    }

    /** A server that refuses questions without a token has one to give: the pause between requests for it is over. */
    private void askAgainNow() {
        lock.lock();
        try {
            nextAttemptNanos = clock.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    /** Drops a token, unless another question has replaced it already. */
    private void drop(Token token) {
        lock.lock();
        try {
            if (token.equals(held)) {
                held = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private Grant token() throws InterruptedException {
        CompletableFuture<Grant> answer;
        lock.lockInterruptibly();
        try {
            long now = clock.nanoTime();
            Token token = held;
            boolean mayAsk = nextAttemptNanos - now <= 0;
            if (token != null && !token.isExpired(now)) {
                if (token.isOld(now) && asking == null && mayAsk) {
                    nextAttemptNanos = now + REFRESH_PAUSE.toNanos();
                    asking = begin();
                }
                return new Granted(token);
            }
            if (contract.allowWithout() && !mayAsk) {
                return new Without();
            }
            answer = asking != null ? asking : begin();
            asking = answer;
        } finally {
            lock.unlock();
        }
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Asks for a token on a thread of its own, so that a question that is given up does not take the answer from others. */
    private CompletableFuture<Grant> begin() {
        CompletableFuture<Grant> answer = new CompletableFuture<>();
        Thread.ofVirtual().name("metadata-token").start(() -> {
            // Whatever happens there is an answer: every look waits for it.
            Grant grant = failed("no answer came of it");
            try {
                grant = endpoints.size() == 1 ? attempt(endpoints.getFirst()) : race();
            } catch (InterruptedException interrupted) {
                grant = failed("interrupted");
            } finally {
                settle(grant);
                answer.complete(grant);
            }
        });
        return answer;
    }

    private Refused failed(String why) {
        return new Refused(new MetadataProblem(Kind.UNREACHABLE, "PUT " + contract.path() + ": " + why));
    }

    /** As {@link #put}; a fault of the transport is one more way of not getting a token. */
    private Grant attempt(Endpoint endpoint) throws InterruptedException {
        try {
            return put(endpoint);
        } catch (RuntimeException | Error fault) {
            return failed(fault.toString());
        }
    }

    private void settle(Grant grant) {
        lock.lock();
        try {
            asking = null;
            long now = clock.nanoTime();
            if (grant instanceof Granted granted) {
                held = granted.token();
                nextAttemptNanos = now;
            } else if (contract.allowWithout()) {
                nextAttemptNanos = now + WITHOUT_PAUSE.toNanos();
            }
        } finally {
            lock.unlock();
        }
    }

    private Grant race() throws InterruptedException {
        BlockingQueue<Grant> grants = new LinkedBlockingQueue<>();
        List<Thread> racers = endpoints.stream()
                .map(endpoint -> Thread.ofVirtual().name("metadata-token-" + endpoint).start(() -> {
                    try {
                        grants.add(attempt(endpoint));
                    } catch (InterruptedException lost) {
                        // The other endpoint was faster.
                    }
                }))
                .toList();
        try {
            Grant refused = grants.take();
            for (int answers = 1; refused instanceof Refused && answers < endpoints.size(); answers++) {
                Grant next = grants.take();
                refused = next instanceof Refused ? refused : next;
            }
            return refused;
        } finally {
            racers.forEach(Thread::interrupt);
        }
    }

    private Grant put(Endpoint endpoint) throws InterruptedException {
        MetadataRequest request = new MetadataRequest(MetadataRequest.Method.PUT, endpoint, contract.path(),
                Map.of(contract.ttlHeader(), Long.toString(contract.ttl().toSeconds())), "", total, true);
        MetadataAnswer answer = transport.ask(request);
        if (!(answer instanceof MetadataAnswer.Response response) || response.status() != 200) {
            return contract.allowWithout() ? new Without() : new Refused(explainer.explain(request, answer));
        }
        String value = response.body().strip();
        if (value.isEmpty() || value.length() > MAX_TOKEN_LENGTH || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            return new Refused(new MetadataProblem(Kind.MALFORMED, request + ": 200 with a body that is no token"));
        }
        return new Granted(
                Token.granted(endpoint, value, granted(response.header(contract.ttlHeader())), response.at().nanos()));
    }

    /** The life time granted; what was asked for where the server does not say, or says nonsense. A later 401 corrects it. */
    private Duration granted(String header) {
        try {
            long seconds = Long.parseLong(header.strip());
            return seconds < 1
                    ? contract.ttl()
                    : Duration.ofSeconds(Math.min(seconds, TokenContract.MAX_TTL.toSeconds()));
        } catch (NumberFormatException unsaid) {
            return contract.ttl();
        }
    }

    /** What came of asking for a token. */
    private sealed interface Grant {}

    private record Granted(Token token) implements Grant {}

    /** None is to be had, and questions without one are allowed. */
    private record Without() implements Grant {}

    private record Refused(MetadataProblem problem) implements Grant {}
}
