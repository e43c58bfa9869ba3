// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.network.ControlClient;
import dev.lastcall.warmup.network.Redirects;
import dev.lastcall.warmup.store.StoreException;

/** Small requests to a web server that go where it points; credentials go to the first address's own origin only. */
public final class HttpFollower {

    private static final int MAX_REDIRECTS = 10;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final ControlClient control;
    private final Origin home;
    private final Map<String, String> credentials;
    private final Redirects redirects;

    /**
     * Asks nothing yet.
     *
     * @param credentials headers that are sent to this origin only
     */
    public HttpFollower(ControlClient control, Origin home, Map<String, String> credentials) {
        this.control = control;
        this.home = home;
        this.credentials = Map.copyOf(credentials);
        this.redirects = new Redirects(home, control);
    }

    /**
     * Where a request ended.
     *
     * @param address that gave the response
     */
    public record End(URI address, ControlClient.Response response) {

        /** Status and fields. */
        public ResponseHead head() {
            return response.head();
        }
    }

    /**
     * Asks, and asks again where it is sent.
     *
     * @throws StoreException if it is sent on for ever, or where it must not go
     */
    public End follow(String method, URI from, Map<String, String> headers, int maxBodyBytes)
            throws StoreException, InterruptedException {
        URI address = from;
        for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
            Origin origin = Origin.of(address);
            Map<String, String> all = new HashMap<>(headers);
            all.put("Accept-Encoding", "identity");
            all.putAll(credentialsFor(origin));
            ControlClient.Call get = ControlClient.Call.get(origin, target(address), all, maxBodyBytes);
            ControlClient.Response response = control.send(new ControlClient.Call(method, origin, get.target(), all,
                    get.body(), maxBodyBytes, ControlClient.CALL_TIMEOUT));
            if (!REDIRECTS.contains(response.status())) {
                return new End(address, response);
            }
            address = redirects.next(shown(address), address, response.head());
        }
        throw new StoreException(new Failure.BadAnswer(StoreFamily.WEB, shown(from), AnswerFault.MANY_REDIRECTS,
                Integer.toString(MAX_REDIRECTS)));
    }

    /** The headers that go to this origin. */
    public Map<String, String> credentialsFor(Origin origin) {
        return origin.equals(home) ? credentials : Map.of();
    }

    /** Whether it is of another origin than the first address. */
    public boolean isElsewhere(URI address) {
        return !Origin.of(address).equals(home);
    }

    /** Path and query as they go onto the wire. */
    public static String target(URI address) {
        String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
        return address.getRawQuery() == null ? path : path + "?" + address.getRawQuery();
    }

    /** Without the query, which can carry a signature. */
    public static String shown(URI address) {
        return Origin.of(address) + address.getRawPath();
    }
}
