// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.wire;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.lastcall.simulator.cloud.MetadataApi;
import dev.lastcall.simulator.cloud.Reply;
import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.ScriptTimeFormat;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * How an answer goes onto the wire under the effects at work: a pure function from both to steps.
 *
 * @param status what the status line says
 * @param steps in order
 */
record WirePlan(int status, List<WireStep> steps) {

    /**
     * Plans one answer.
     *
     * @param answer what the metadata server says
     * @param effects what is at work; where two contradict each other the later one wins
     * @param api for the body that belongs to another status
     * @param now the server's clock, for the {@code Date} header
     * @param withoutBody whether only the head is wanted, as for HEAD
     * @param lastOnConnection whether the connection ends after it
     */
    static WirePlan of(Reply.Answer answer, List<Effect> effects, MetadataApi api, Instant now, boolean withoutBody,
            boolean lastOnConnection) {
        Draft draft = new Draft(answer, now);
        effects.forEach(effect -> draft.apply(effect, api));
        return draft.plan(withoutBody, lastOnConnection);
    }

    /** Gathers the effects; confined to one call. */
    private static final class Draft {
        private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private final Instant now;
        private int status;
        private String body;
        private long padding;
        private Duration delay = Duration.ZERO;
        private Duration stall = Duration.ZERO;
        private int bytesPerSecond;
        private List<WireStep> before = List.of();
        private List<WireStep> within = List.of();
        private List<WireStep> after = List.of();

        Draft(Reply.Answer answer, Instant now) {
            this.now = now;
            status = answer.status();
            body = answer.body();
            headers.putAll(answer.headers());
            headers.put("Date", ScriptTimeFormat.RFC_1123.format(now));
        }

        void apply(Effect effect, MetadataApi api) {
            switch (effect) {
                case Effect.Status changed -> {
                    Reply.Answer error = api.error(changed.code());
                    status = changed.code();
                    if (padding == 0) {
                        body = error.body();
                    }
                    headers.putAll(error.headers());
                }
                case Effect.Body raw -> body = raw.text();
                case Effect.Oversized oversized -> {
                    status = 200;
                    body = "";
                    padding = oversized.sizeBytes();
                }
                case Effect.Delay longer -> delay = longer.time();
                case Effect.Stall longer -> stall = longer.time();
                case Effect.SlowBody slow -> bytesPerSecond = slow.bytesPerSecond();
                case Effect.Reset reset -> end(reset.point(), new WireStep.Reset());
                case Effect.Close close -> end(close.point(), new WireStep.Close());
                case Effect.DateSkew skew ->
                    headers.put("Date", ScriptTimeFormat.RFC_1123.format(now.plus(skew.skew())));
                case Effect.WithoutHeader without -> headers.remove(without.name());
                case Effect.WithHeader with -> headers.put(with.name(), with.value());
                case Effect.Refuse _,Effect.Hang _,Effect.RevokeTokens _,Effect.TokenTtl _ -> {
                    // these act elsewhere: on the listener, on waiting requests, on the tokens
                }
            }
        }

        private void end(Effect.Point point, WireStep step) {
            switch (point) {
                case BEFORE_ANSWER -> before = List.of(step);
                case IN_BODY -> within = List.of(step);
                case AFTER_ANSWER -> after = List.of(step);
            }
        }

        WirePlan plan(boolean withoutBody, boolean lastOnConnection) {
            List<WireStep> steps = new ArrayList<>();
            if (!delay.isZero()) {
                steps.add(new WireStep.Pause(delay));
            }
            steps.addAll(before);
            WireStep.Payload payload = payload();
            WireStep.Payload head = head(payload.size(), lastOnConnection);
            boolean headOnly = withoutBody || payload.size() == 0;
            steps.add(new WireStep.Send(head, 0, head.size(), 0, headOnly));
            if (!headOnly) {
                long half = payload.size() / 2;
                steps.add(new WireStep.Send(payload, 0, half, bytesPerSecond, false));
                if (!stall.isZero()) {
                    steps.add(new WireStep.Pause(stall));
                }
                steps.addAll(within);
                steps.add(new WireStep.Send(payload, half, payload.size(), bytesPerSecond, true));
            }
            steps.addAll(after);
            if (lastOnConnection) {
                steps.add(new WireStep.Close());
            }
            return new WirePlan(status, steps);
        }

        private WireStep.Payload payload() {
            boolean breaksInBody = !stall.isZero() || !within.isEmpty();
            // A break in an empty body would leave nothing to wait for, and so no fault on the wire.
            byte[] bytes = (breaksInBody && body.isEmpty() ? "\n" : body).getBytes(StandardCharsets.UTF_8);
            return new WireStep.Payload(bytes, padding);
        }

        private WireStep.Payload head(long contentLength, boolean lastOnConnection) {
            headers.put("Content-Length", Long.toString(contentLength));
            if (lastOnConnection) {
                headers.put("Connection", "close");
            }
            StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status)
                    .append(' ')
                    .append(HttpResponseStatus.valueOf(status).reasonPhrase())
                    .append("\r\n");
            headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
            return new WireStep.Payload(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1), 0);
        }
    }
}
