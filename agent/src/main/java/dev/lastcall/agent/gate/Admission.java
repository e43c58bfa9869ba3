// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.List;

import dev.lastcall.agent.gate.GateCounts.Refusal;
import dev.lastcall.metadata.NodeClock;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;

/** Who is let in: the door as one event loop sees it. Confined to the event loop. */
final class Admission {

    /** A client that has just connected, or just had its answer, is given so long to ask (again) before a gate that retires. */
    private static final long RETIRED_IDLE_NANOS = 500_000_000L;

    /** Whether a connection may hold one more request. */
    interface Room {

        boolean hasRoomFor(HttpRequest request);
    }

    private final GateSettings settings;
    private final RequestAccounting accounting;
    private final Answers answers;
    private final NodeClock clock;
    private final boolean probesOnly;
    private GateSettings.Paths paths;

    /** @param probesOnly whether clients get in for health, liveness and metrics alone */
    Admission(GateContext context, boolean probesOnly) {
        this.settings = context.settings();
        this.accounting = context.accounting();
        this.answers = context.answers();
        this.clock = context.clock();
        this.probesOnly = probesOnly;
        this.paths = settings.paths();
    }

    /** Treats these paths as probes too. */
    void treatAsProbes(List<String> readiness, List<String> liveness) {
        paths = paths.with(readiness, liveness);
    }

    /** The paths that are apart from the server's work, as far as it is known which server this is. */
    GateSettings.Paths paths() {
        return paths;
    }

    /** Settles what becomes of a request whose head has just been read; this is the moment it is let in or not. */
    AdmissionDecision decide(HttpRequest request, Room room) {
        Throwable cause = request.decoderResult().cause();
        if (cause != null) {
            ReferenceCountUtil.release(request);
            return refuseUndecoded(cause);
        }
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return refuse(Refusal.MALFORMED, Answer.error("505 HTTP Version Not Supported", "http_version",
                    "The gate speaks HTTP/1.1 and HTTP/1.0."), false);
        }
        RequestFraming survey = RequestFraming.of(request);
        String problem = survey.problem();
        if (problem != null) {
            return refuse(Refusal.MALFORMED, Answer.malformed(problem), survey.isHead());
        }
        if (survey.isConnect()) {
            return refuse(Refusal.MALFORMED, Answer.error("501 Not Implemented", "connect_refused",
                    "The gate makes no tunnels."), false);
        }
        String path = survey.path();
        if (paths.alwaysPasses(path)) {
            accounting.passed();
            if (!probesOnly && paths.liveness().contains(path)) {
                accounting.livenessAsked();
            }
            return new AdmissionDecision.Forward(request, survey, false, accounting.nextOrder());
        }
        boolean health = paths.health().contains(path);
        if (probesOnly && !health) {
            return refuse(Refusal.MALFORMED, Answer.error("404 Not Found", "probes_only",
                    "This address answers health, liveness and metrics paths alone."), survey.isHead());
        }
        Announcement announcement = accounting.announcement();
        boolean wanted = announcement == null
                || (!health && announcement.admits(path, survey.isWebSocket(), clock.nanoTime()));
        if (wanted && !accounting.isClosed() && !room.hasRoomFor(request)) {
            return refuse(Refusal.MEMORY, answers.memory(), survey.isHead());
        }
        if (wanted && accounting.admit()) {
            return new AdmissionDecision.Forward(request, survey, true, accounting.admittedOrder());
        }
        if (health) {
            accounting.probeFailed();
            return new AdmissionDecision.Refuse(answers.draining(), survey.isHead(), false);
        }
        accounting.refused(Refusal.DRAINING);
        return new AdmissionDecision.Refuse(answers.draining(), survey.isHead(), true);
    }

    /** Settles what becomes of a request whose body cannot be read on. */
    AdmissionDecision.Refuse refuseBody(Throwable cause) {
        return cause instanceof TooLongFrameException
                ? refuseUndecoded(cause)
                : refuse(Refusal.MALFORMED, Answer.malformed(cause.getMessage() == null
                        ? "a chunk of its body is malformed"
                        : cause.getMessage()), false);
    }

    private AdmissionDecision.Refuse refuseUndecoded(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return refuse(Refusal.TOO_LARGE, Answer.error("414 URI Too Long", "uri_too_long",
                    "The request line is over " + settings.limits().requestLineBytes() + " bytes."), false);
        }
        if (cause instanceof TooLongFrameException) {
            return refuse(Refusal.TOO_LARGE,
                    Answer.error("431 Request Header Fields Too Large", "header_fields_too_large",
                            "The head is over " + settings.limits().headBytes() + " bytes or "
                                    + settings.limits().headFields() + " fields."),
                    false);
        }
        String message = cause.getMessage();
        return refuse(Refusal.MALFORMED, Answer.malformed(message == null ? "it cannot be read" : message), false);
    }

    private AdmissionDecision.Refuse refuse(Refusal reason, Answer answer, boolean toHead) {
        accounting.refused(reason);
        return new AdmissionDecision.Refuse(answer, toHead, false);
    }

    /**
     * Whether a client that has been quiet since then is to be closed, because the gate retires. A closed door alone is no
     * reason: the client may just be sending, and gets an answer then.
     */
    boolean isLeft(long now, long quietSince) {
        return accounting.isRetiring() && now - quietSince > RETIRED_IDLE_NANOS;
    }

    /** What a client reads last on an idle connection: it may be the answer to a request that it is just sending. */
    Answer goodbye() {
        return accounting.isClosed() ? answers.draining() : answers.idle();
    }
}
