// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.lastcall.warmup.store.ControlClient;
import dev.lastcall.warmup.store.InnerHosts;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.StoreProblem;
import dev.lastcall.warmup.wire.Origin;
import dev.lastcall.warmup.wire.ResponseHead;
import io.vertx.core.buffer.Buffer;

/**
 * Small requests to the hub. Redirects on the hub itself are followed with the token, as renamed models need; one to
 * another host is handed back, and the token never goes there. When the hub says that too much was asked, nobody asks until
 * the time it names. Thread-safe.
 */
final class HubRequests {

    private static final int MAX_HOPS = 5;

    private final HubSettings settings;
    private final ControlClient control;
    private final Origin hub;
    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

    HubRequests(HubSettings settings, ControlClient control) {
        this.settings = settings;
        this.control = control;
        this.hub = Origin.of(settings.endpoint());
    }

    Origin hub() {
        return hub;
    }

    /** An absolute address on the hub. */
    URI address(String pathAndQuery) {
        String base = settings.endpoint().getRawPath() == null
                ? ""
                : settings.endpoint().getRawPath().replaceAll("/+$", "");
        return URI.create(hub + base + pathAndQuery);
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
        URI address = from;
        ResponseHead first = null;
        for (int hops = 0; hops < MAX_HOPS; hops++) {
            String what = method + " " + hub + address.getRawPath();
            ControlClient.Response response = send(method, address, what, maxBodyBytes);
            first = first == null || first.field("x-repo-commit").isEmpty() ? response.head() : first;
            switch (response.status()) {
                case 200 -> {
                    return new End(address, false, first, response);
                }
                case 301, 302, 303, 307, 308 -> {
                    URI next = next(what, address, response.head());
                    if (!Origin.of(next).equals(hub)) {
                        return new End(next, true, first, response);
                    }
                    address = next;
                }
                default -> throw HubAnswers.explain(what, response.head());
            }
        }
        throw new StoreException(StoreProblem.UNSUPPORTED, from + ": more than " + MAX_HOPS + " redirects");
    }

    private ControlClient.Response send(String method, URI address, String what, int maxBodyBytes)
            throws StoreException, InterruptedException {
        long left = quietUntil.get() - System.nanoTime();
        if (left > 0) {
            throw new StoreException(StoreProblem.THROTTLED, what + ": the hub asked to be left alone",
                    Duration.ofNanos(left), null);
        }
        String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        ControlClient.Response response = control
                .send(new ControlClient.Call(method, hub, address.getRawPath() + query, headers(),
                        Buffer.buffer(), maxBodyBytes, ControlClient.CALL_TIMEOUT));
        if (response.status() == 429) {
            long until = System.nanoTime() + HubAnswers.pause(response.head()).toNanos();
            quietUntil.accumulateAndGet(until, (known, next) -> next - known > 0 ? next : known);
        }
        if (response.truncated()) {
            throw new StoreException(StoreProblem.UNSUPPORTED,
                    what + ": an answer larger than " + maxBodyBytes + " bytes");
        }
        return response;
    }

    private URI next(String what, URI from, ResponseHead head) throws StoreException {
        try {
            URI next = from.resolve(head.field("location").orElse(""));
            Origin origin = Origin.of(next);
            if (hub.tls() && !origin.tls()) {
                throw new StoreException(StoreProblem.REFUSED, what + ": refused a redirect from https to http");
            }
            if (InnerHosts.isInner(origin.host()) && !InnerHosts.isInner(hub.host())) {
                throw new StoreException(StoreProblem.REFUSED,
                        what + ": refused a redirect into this node's own network");
            }
            return next;
        } catch (IllegalArgumentException e) {
            throw new StoreException(StoreProblem.MALFORMED, what + ": a redirect to nowhere", e);
        }
    }
}
