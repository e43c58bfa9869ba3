// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

import dev.lastcall.agent.config.ByteRate;
import dev.lastcall.agent.config.Durations;
import dev.lastcall.agent.status.view.ModelsJson;
import dev.lastcall.agent.status.view.StatusFormat;
import dev.lastcall.agent.status.view.StatusJson;
import dev.lastcall.agent.status.view.StatusPage;
import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.agent.telemetry.ApiRefusal;
import dev.lastcall.agent.telemetry.Metrics;
import org.jspecify.annotations.Nullable;

/** What each path answers, however the request came. Thread-safe. */
final class Routes {

    /** The window of a drain by hand that names none. */
    static final Duration DEFAULT_WINDOW = Duration.ofMinutes(1);

    private static final Set<String> VERBS = Set.of("/v1/drain", "/v1/undrain", "/v1/reopen", "/v1/forget",
            "/v1/notice", "/v1/shutdown",
            "/v1/models/limit");
    private static final String HOLD = "/v1/hold";
    private static final Set<String> PROBES = Set.of("/healthz", "/readyz");
    private static final int MAX_HOLD_NAME = 400;
    private static final Set<String> VIEWS = Set.of("/", "/healthz", "/readyz", "/doorz", "/metrics", "/v1/status",
            "/v1/models");

    private final Supplier<StatusView> status;
    private final OperatorActions desk;
    private final ModelAdmin models;
    private final PreStopHold preStopHold;
    private final Metrics metrics;
    private final byte @Nullable [] token;

    Routes(Supplier<StatusView> status, OperatorActions desk, ModelAdmin models, PreStopHold preStopHold,
            Metrics metrics,
            @Nullable String token) {
        this.status = status;
        this.desk = desk;
        this.models = models;
        this.preStopHold = preStopHold;
        this.metrics = metrics;
        this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
    }

    /** What a request for this path takes a place for; what only waits or reads does not block. */
    static ConnectionSlots.Use use(String path) {
        if (isHold(path)) {
            return ConnectionSlots.Use.HOLDING;
        }
        if (isVerb(path)) {
            return ConnectionSlots.Use.CHANGING;
        }
        return PROBES.contains(path) ? ConnectionSlots.Use.WAITING : ConnectionSlots.Use.READING;
    }

    /** Whether it waits for servers, for as long as they take. */
    static boolean isHold(String path) {
        return path.equals(HOLD) || path.startsWith(HOLD + "/");
    }

    private static boolean isVerb(String path) {
        return VERBS.contains(path);
    }

    /** Answers; never throws for what a request holds. */
    ApiAnswer answer(ApiRequest request) {
        if (VIEWS.contains(request.path())) {
            return request.method().equals("GET") || request.method().equals("HEAD")
                    ? view(request.path())
                    : wrongMethod("GET, HEAD", request);
        }
        if (isVerb(request.path())) {
            return request.method().equals("POST") ? verb(request) : wrongMethod("POST", request);
        }
        if (isHold(request.path())) {
            return request.method().equals("GET") ? hold(request) : wrongMethod("GET", request);
        }
        metrics.apiRefused(ApiRefusal.UNKNOWN);
        Set<String> all = new TreeSet<>(VIEWS);
        all.add(HOLD);
        all.addAll(VERBS);
        return ApiAnswer.error(404, "not-found", "there is nothing here; there is " + String.join(", ", all));
    }

    private ApiAnswer view(String path) {
        return switch (path) {
            case "/healthz" -> ApiAnswer.of(200, ApiAnswer.TEXT, "ok\n");
            case "/readyz" -> ready();
            case "/doorz" -> door();
            case "/metrics" -> ApiAnswer.of(200, Metrics.CONTENT_TYPE, metrics.scrape());
            case "/v1/status" -> ApiAnswer.of(200, ApiAnswer.JSON, StatusJson.write(status.get()) + "\n");
            case "/v1/models" -> ApiAnswer.of(200, ApiAnswer.JSON, ModelsJson.write(models.limit(), models.models()) + "\n");
            default -> new ApiAnswer(200, "text/html; charset=utf-8", StatusPage.html(status.get()),
                    Map.of("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"));
        };
    }

    private ApiAnswer hold(ApiRequest request) {
        String whom = request.path().equals(HOLD) ? PreStopHold.ALL : request.path().substring(HOLD.length() + 1);
        PreStopHold.Held held = whom.length() > MAX_HOLD_NAME
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

    /** Whether the node is protected, and may be sent requests. */
    private ApiAnswer ready() {
        StatusView view = status.get();
        List<String> reasons = closed(view);
        view.conditions()
                .stream()
                .filter(StatusView.Condition::isCritical)
                .forEach(condition -> reasons.add("not protected: " + StatusFormat.condition(condition)));
        return reasons.isEmpty()
                ? ApiAnswer.of(200, ApiAnswer.TEXT, view.dryRun() ? "ready (dry run)\n" : "ready\n")
                : ApiAnswer.of(503, ApiAnswer.TEXT, String.join("\n", reasons) + "\n");
    }

    /** Whether the node may be sent requests. A blind source is no reason to take a serving node out of its router. */
    private ApiAnswer door() {
        List<String> reasons = closed(status.get());
        return reasons.isEmpty()
                ? ApiAnswer.of(200, ApiAnswer.TEXT, "open\n")
                : ApiAnswer.of(503, ApiAnswer.TEXT, String.join("\n", reasons) + "\n");
    }

    /** Why the node is not to be sent requests; empty where it is. */
    private List<String> closed(StatusView view) {
        List<String> reasons = new ArrayList<>();
        StatusView.ReclamationView reclamation = view.reclamation();
        if (reclamation != null && !view.dryRun()) {
            reasons.add("the node is being taken back: " + reclamation.source() + " says " + reclamation.kind());
        }
        view.servers()
                .stream()
                .filter(server -> !server.doorOpen() && !view.dryRun() && reclamation == null)
                .forEach(server -> reasons.add("the door of " + server.name() + " is closed: " + server.phase()));
        if (models.isNeededForReadiness()) {
            models.models()
                    .stream()
                    .filter(model -> !model.isWarm())
                    .forEach(model -> reasons.add("not warm yet: " + model.name()));
        }
        return reasons;
    }

    private OperatorActions.Answer limit(Map<String, String> values) {
        String text = values.getOrDefault("limit", "");
        ByteRate rate;
        try {
            rate = ByteRate.parse(text);
        } catch (IllegalArgumentException none) {
            throw new IllegalArgumentException("limit must be " + ByteRate.ALLOWED, none);
        }
        return models.limitTo(rate.bytesPerSecond())
                ? new OperatorActions.Answer.Accepted("the bandwidth of all fetching is " + rate + " from now on")
                : new OperatorActions.Answer.Refused("no model is configured, so nothing is fetched");
    }

    private ApiAnswer verb(ApiRequest request) {
        if (!request.overSocket() && !mayChange(request.authorization())) {
            metrics.apiRefused(ApiRefusal.DENIED);
            return token == null
                    ? ApiAnswer.error(403, "denied",
                            "nothing can be changed over TCP; use the control socket, or set api.token")
                    : ApiAnswer.error(401, "denied",
                            "this needs the header Authorization: Bearer and api.token's value",
                            Map.of("WWW-Authenticate", "Bearer"));
        }
        try {
            return result(switch (request.path()) {
                case "/v1/drain" -> desk.drain(window(FlatJson.read(request.body(), Set.of("window"))));
                case "/v1/undrain" -> undrain(request);
                case "/v1/reopen" -> reopen(FlatJson.read(request.body(), Set.of("server")));
                case "/v1/forget" -> forget(request);
                case "/v1/shutdown" -> shutdown(request);
                case "/v1/models/limit" -> limit(FlatJson.read(request.body(), Set.of("limit")));
                default -> notice(FlatJson.read(request.body(), Set.of("description", "window")));
            });
        } catch (IllegalArgumentException malformed) {
            metrics.apiRefused(ApiRefusal.MALFORMED);
            return ApiAnswer.error(400, "malformed", String.valueOf(malformed.getMessage()));
        }
    }

    private OperatorActions.Answer undrain(ApiRequest request) {
        FlatJson.read(request.body(), Set.of());
        return desk.undrain();
    }

    private OperatorActions.Answer forget(ApiRequest request) {
        FlatJson.read(request.body(), Set.of());
        return desk.forget();
    }

    private OperatorActions.Answer reopen(Map<String, String> values) {
        String server = values.getOrDefault("server", "");
        if (server.isEmpty() || server.length() > MAX_HOLD_NAME || server.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("server must be the name of a server, as status shows it");
        }
        return desk.reopen(server);
    }

    private OperatorActions.Answer shutdown(ApiRequest request) {
        FlatJson.read(request.body(), Set.of());
        return desk.shutdown();
    }

    private OperatorActions.Answer notice(Map<String, String> values) {
        String description = values.getOrDefault("description", "an operator's notice");
        if (description.length() > 200 || description.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "description must be at most 200 characters, none of them control characters");
        }
        return desk.notice(description, window(values));
    }

    private static Duration window(Map<String, String> values) {
        String text = values.getOrDefault("window", Durations.format(DEFAULT_WINDOW));
        try {
            Duration window = Durations.parse(text);
            if (!window.isZero() && window.compareTo(OperatorActions.MAX_WINDOW) <= 0) {
                return window;
            }
        } catch (IllegalArgumentException none) {
            throw new IllegalArgumentException(wrongWindow(), none);
        }
        throw new IllegalArgumentException(wrongWindow());
    }

    private static String wrongWindow() {
        return "window must be a duration such as 60s, more than 0s and at most "
                + Durations.format(OperatorActions.MAX_WINDOW);
    }

    private static ApiAnswer result(OperatorActions.Answer answer) {
        return switch (answer) {
            case OperatorActions.Answer.Accepted accepted -> ApiAnswer.of(202, ApiAnswer.JSON,
                    "{\"message\":" + JsonText.quote(accepted.message()) + "}\n");
            case OperatorActions.Answer.Unfinished unfinished -> ApiAnswer.error(409, ApiAnswer.UNFINISHED,
                    unfinished.message());
            case OperatorActions.Answer.Refused refused -> ApiAnswer.error(409, "refused", refused.message());
        };
    }

    private boolean mayChange(String authorization) {
        return token != null && authorization.startsWith("Bearer ") && MessageDigest.isEqual(token,
                authorization.substring("Bearer ".length()).getBytes(StandardCharsets.UTF_8));
    }

    private ApiAnswer wrongMethod(String allowed, ApiRequest request) {
        metrics.apiRefused(ApiRefusal.UNKNOWN);
        return ApiAnswer.error(405, "method-not-allowed", request.path() + " answers to " + allowed + " only",
                Map.of("Allow", allowed));
    }
}
