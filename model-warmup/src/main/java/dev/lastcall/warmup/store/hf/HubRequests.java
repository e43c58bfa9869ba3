// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Refusal;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.network.ControlClient;
import dev.lastcall.warmup.network.Redirects;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.text.Amount;
import io.vertx.core.buffer.Buffer;

/**
 * Small requests to the hub. Redirects on the hub itself are followed with the token, as renamed models need; one to
 * another host is handed back, and the token never goes there. When the hub says that too much was asked, no request is sent until
 * the time it names. Thread-safe.
 */
final class HubRequests {

    private static final int MAX_HOPS = 5;

    private final HubSettings settings;
    private final ControlClient control;
    private final Redirects redirects;
    private volatile URI endpoint;
    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

    HubRequests(HubSettings settings, ControlClient control) {
        this.settings = settings;
        this.control = control;
        this.endpoint = settings.endpoint();
        this.redirects = new Redirects(Origin.of(endpoint), control);
    }

    Origin hub() {
        return Origin.of(endpoint);
    }

    private String basePath() {
        return endpoint.getRawPath() == null ? "" : endpoint.getRawPath().replaceAll("/+$", "");
    }

    /** An absolute address on the hub. */
    URI address(String pathAndQuery) {
        return URI.create(hub() + basePath() + pathAndQuery);
    }

    /** The same path and query on this hub: a mirror passes on addresses of the hub that it mirrors. */
    URI here(URI other) {
        if (Origin.of(other).equals(hub())) {
            return other;
        }
        String path = other.getRawPath().startsWith(basePath() + "/")
                ? other.getRawPath().substring(basePath().length())
                : other.getRawPath();
        return address(other.getRawQuery() == null ? path : path + "?" + other.getRawQuery());
    }

    /**
     * The whole hub is elsewhere: its address is a name that points to another.
     *
     * @throws StoreException if a token would have to go to a host that is not configured, or if something else is there
     */
    void moveTo(URI target, URI asked) throws StoreException {
        String path = asked.getRawPath().substring(basePath().length());
        String moved = target.getRawPath();
        Origin to = Origin.of(target);
        if (!settings.token().isEmpty() || !moved.endsWith(path)) {
            throw new StoreException(new Failure.BadAnswer(StoreFamily.HUB, "GET " + hub() + asked.getRawPath(),
                    AnswerFault.HUB_ELSEWHERE, to.toString()));
        }
        endpoint = URI.create(to + moved.substring(0, moved.length() - path.length()));
    }

    /** The headers of a request to the hub itself. */
    Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>(Map.of("user-agent", "lastcall", "accept-encoding", "identity"));
        if (!settings.token().isEmpty()) {
            headers.put("authorization", "Bearer " + settings.token());
        }
        return headers;
    }

    /**
     * Where a request ended.
     *
     * @param address that gave the response, or on another host: that the hub points to, and that was not asked
     * @param isElsewhere whether it is on another host
     * @param first head that the hub itself gave
     */
    record End(URI address, boolean isElsewhere, ResponseHead first, ControlClient.Response response) {}

    /** Asks the hub, and goes where it points as long as that is the hub. */
    End ask(String method, URI from, int maxBodyBytes) throws StoreException, InterruptedException {
        return ask(method, from, maxBodyBytes, Map.of());
    }

    /** Asks for the first byte, where a HEAD is refused: the head of the answer has the same. */
    End askFirstByte(URI from) throws StoreException, InterruptedException {
        return ask("GET", from, 1, Map.of("range", "bytes=0-0"));
    }

    private End ask(String method, URI from, int maxBodyBytes, Map<String, String> more)
            throws StoreException, InterruptedException {
        URI address = from;
        ResponseHead first = null;
        for (int hops = 0; hops < MAX_HOPS; hops++) {
            String what = method + " " + hub() + address.getRawPath();
            ControlClient.Response response = send(method, address, what, maxBodyBytes, more);
            first = first == null || first.field("x-repo-commit").isEmpty() ? response.head() : first;
            switch (response.status()) {
                case 200, 206 -> {
                    return new End(address, false, first, response);
                }
                case 301, 302, 303, 307, 308 -> {
                    URI next = next(what, address, response.head());
                    if (!Origin.of(next).equals(hub())) {
                        return new End(next, true, first, response);
                    }
                    address = next;
                }
                default -> throw HubAnswers.explain(what, response.head());
            }
        }
        throw new StoreException(new Failure.BadAnswer(StoreFamily.HUB, from.toString(), AnswerFault.MANY_REDIRECTS,
                Integer.toString(MAX_HOPS)));
    }

    private ControlClient.Response send(String method, URI address, String what, int maxBodyBytes,
            Map<String, String> more) throws StoreException, InterruptedException {
        long left = quietUntil.get() - System.nanoTime();
        if (left > 0) {
            throw new StoreException(new Failure.Refused(StoreFamily.HUB, what, "429", Refusal.LEFT_ALONE),
                    Duration.ofNanos(left));
        }
        Map<String, String> headers = headers();
        headers.putAll(more);
        String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        ControlClient.Response response = control
                .send(new ControlClient.Call(method, hub(), address.getRawPath() + query, headers,
                        Buffer.buffer(), maxBodyBytes, ControlClient.CALL_TIMEOUT));
        if (response.status() == 429) {
            long until = System.nanoTime() + HubAnswers.pause(response.head()).toNanos();
            quietUntil.accumulateAndGet(until, (known, next) -> next - known > 0 ? next : known);
        }
        if (response.truncated() && more.isEmpty()) {
            throw new StoreException(new Failure.BadAnswer(StoreFamily.HUB, what, AnswerFault.TOO_LARGE,
                    Amount.of(maxBodyBytes)));
        }
        return response;
    }

    /** Where the hub, or what it points to, points. */
    URI next(String what, URI from, ResponseHead head) throws StoreException {
        return redirects.next(what, from, head);
    }
}
