// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.agent.telemetry.ApiRefusal;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.values.Secret;
import org.jspecify.annotations.Nullable;

/** The table of paths, and what each answers, however the request came. Thread-safe. */
final class Routes {

    private static final String HOLD = "/v1/hold";

    private final Map<String, Route> table = new TreeMap<>();
    private final Metrics metrics;
    private final Optional<Secret> token;

    /**
     * A path.
     *
     * @param use what a request for it takes a place for; what only waits or reads does not block
     * @param methods that it answers to
     * @param changes whether it changes something, which not every client may
     * @param answer to a request that may have it
     */
    private record Route(ConnectionSlots.Use use, Set<String> methods, boolean changes,
            Function<ApiRequest, ApiAnswer> answer) {}

    Routes(Supplier<StatusView> status, OperatorActions operator, ModelAdmin models, PreStopHold preStopHold,
            Metrics metrics, Optional<Secret> token) {
        this.metrics = metrics;
        this.token = token;
        Views views = new Views(status, models);
        view("/", views::page);
        probe("/healthz", () -> ApiAnswer.of(200, ApiAnswer.TEXT, "ok\n"));
        probe("/readyz", views::ready);
        view("/doorz", views::door);
        view("/metrics", () -> ApiAnswer.of(200, Metrics.CONTENT_TYPE, metrics.scrape()));
        view("/v1/status", views::status);
        view("/v1/models", views::models);
        table.put(HOLD, new Route(ConnectionSlots.Use.HOLDING, Set.of("GET"), false,
                request -> hold(preStopHold, request)));
        Verbs verbs = new Verbs(operator, models);
        verb("/v1/drain", Set.of("window"), verbs::drain);
        verb("/v1/undrain", Set.of(), none -> operator.undrain());
        verb("/v1/reopen", Set.of("server"), verbs::reopen);
        verb("/v1/forget", Set.of(), none -> operator.forget());
        change("/v1/notice", verbs::notice);
        verb("/v1/shutdown", Set.of(), none -> operator.shutdown());
        verb("/v1/models/limit", Set.of("limit"), verbs::limit);
    }

    private void probe(String path, Supplier<ApiAnswer> answer) {
        read(path, ConnectionSlots.Use.WAITING, answer);
    }

    private void view(String path, Supplier<ApiAnswer> answer) {
        read(path, ConnectionSlots.Use.READING, answer);
    }

    private void read(String path, ConnectionSlots.Use use, Supplier<ApiAnswer> answer) {
        table.put(path, new Route(use, Set.of("GET", "HEAD"), false, request -> answer.get()));
    }

    private void verb(String path, Set<String> keys, Function<Map<String, String>, OperatorActions.Answer> action) {
        change(path, request -> action.apply(FlatJson.read(request.body(), keys)));
    }

    private void change(String path, Function<ApiRequest, OperatorActions.Answer> action) {
        table.put(path,
                new Route(ConnectionSlots.Use.CHANGING, Set.of("POST"), true, request -> change(request, action)));
    }

    private ApiAnswer change(ApiRequest request, Function<ApiRequest, OperatorActions.Answer> action) {
        try {
            return Verbs.answer(action.apply(request));
        } catch (IllegalArgumentException malformed) {
            metrics.apiRefused(ApiRefusal.MALFORMED);
            return ApiAnswer.error(400, "malformed", String.valueOf(malformed.getMessage()));
        }
    }

    private static ApiAnswer hold(PreStopHold preStopHold, ApiRequest request) {
        String whom = request.path().equals(HOLD) ? PreStopHold.ALL : request.path().substring(HOLD.length() + 1);
        PreStopHold.Held held = whom.length() > Verbs.MAX_NAME
                ? PreStopHold.Held.UNKNOWN
                : preStopHold.hold(whom, request.waitedFor());
        return switch (held) {
            case IDLE -> ApiAnswer.of(200, ApiAnswer.TEXT, "idle\n");
            case DRAINED -> ApiAnswer.of(200, ApiAnswer.TEXT, "drained\n");
            case TOO_LONG, LEFT -> ApiAnswer.of(200, ApiAnswer.TEXT, "not idle\n");
            case UNKNOWN -> ApiAnswer.error(404, "not-found",
                    "there is no such server; /v1/hold/NAMESPACE/APP names a pod's by the label app");
        };
    }

    private @Nullable Route find(String path) {
        return table.get(path.startsWith(HOLD + "/") ? HOLD : path);
    }

    /** What a request for this path takes a place for. */
    ConnectionSlots.Use use(String path) {
        Route route = find(path);
        return route == null ? ConnectionSlots.Use.READING : route.use();
    }

    /** Answers; never throws for what a request holds. */
    ApiAnswer answer(ApiRequest request) {
        Route route = find(request.path());
        if (route == null) {
            metrics.apiRefused(ApiRefusal.UNKNOWN);
            return ApiAnswer.error(404, "not-found",
                    "there is nothing here; there is " + String.join(", ", table.keySet()));
        }
        if (!route.methods().contains(request.method())) {
            metrics.apiRefused(ApiRefusal.UNKNOWN);
            String allowed = String.join(", ", new TreeSet<>(route.methods()));
            return ApiAnswer.error(405, "method-not-allowed", request.path() + " answers to " + allowed + " only",
                    Map.of("Allow", allowed));
        }
        if (route.changes() && !request.overSocket() && !mayChange(request.bearer())) {
            metrics.apiRefused(ApiRefusal.DENIED);
            return denied();
        }
        return route.answer().apply(request);
    }

    private ApiAnswer denied() {
        return token.isEmpty()
                ? ApiAnswer.error(403, "denied",
                        "nothing can be changed over TCP; use the control socket, or set api.token")
                : ApiAnswer.error(401, "denied", "this needs the header Authorization: Bearer and api.token's value",
                        Map.of("WWW-Authenticate", "Bearer"));
    }

    private boolean mayChange(Optional<Secret> bearer) {
        return token.isPresent() && token.equals(bearer);
    }
}
