// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.wire;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

import dev.lastcall.simulator.cloud.Reply;
import dev.lastcall.simulator.cloud.Request;
import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.Fault;

/**
 * One request on its way to its answer: waits where it must, then plays the {@link WirePlan} onto the connection.
 * Confined to the event loop.
 */
final class SimulatedExchange {

    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int TRICKLES_PER_SECOND = 10;

    private final Request request;
    private final boolean keepAlive;
    private final List<Effect> effects;
    private final ScriptEngine scriptEngine;
    private final Connection connection;
    private final RequestLog.Entry entry;
    private Iterator<WireStep> steps = List.<WireStep>of().iterator();
    private Optional<Reply.Hang> hang = Optional.empty();
    private boolean recorded;
    private boolean over;
    private int status;

    SimulatedExchange(Request request, boolean keepAlive, List<Effect> effects, ScriptEngine scriptEngine,
            Connection connection,
            RequestLog.Entry entry) {
        this.request = request;
        this.keepAlive = keepAlive;
        this.effects = effects;
        this.scriptEngine = scriptEngine;
        this.connection = connection;
        this.entry = entry;
    }

    Request request() {
        return request;
    }

    List<Effect> effects() {
        return effects;
    }

    void begin(Reply reply) {
        switch (reply) {
            case Reply.Answer answer -> play(answer);
            case Reply.Later later -> scriptEngine.clock().after(later.delay(), () -> {
                if (!over) {
                    play(later.answer().get());
                }
            });
            case Reply.Waiting waiting -> {
                hang = Optional.of(waiting.hang());
                scriptEngine.hanging(this);
                if (!waiting.hang().timeout().equals(Fault.FOREVER)) {
                    scriptEngine.clock()
                            .after(scriptEngine.clock().positionsIn(waiting.hang().timeout()), this::timeOut);
                }
                review();
            }
        }
    }

    /** Looks again whether what it waits for has happened, and whether a fault ends the wait. */
    void review() {
        if (over || hang.isEmpty()) {
            return;
        }
        switch (scriptEngine.hangEnd(request, effects)) {
            case NEVER -> {
                // stays until the client leaves or the simulator closes
            }
            case DROP -> connection.end(false);
            case RESET -> connection.end(true);
            case NOT_FAULTY -> hang.flatMap(Reply.Hang::changed).ifPresent(this::play);
        }
    }

    private void timeOut() {
        if (!over && scriptEngine.hangEnd(request, effects) == ScriptEngine.HangState.NOT_FAULTY) {
            hang.map(Reply.Hang::current).ifPresent(this::play);
        }
    }

    private void play(Reply.Answer answer) {
        hang = Optional.empty();
        scriptEngine.noLongerHanging(this);
        WirePlan plan = WirePlan.of(answer, effects, scriptEngine.api(), scriptEngine.clock().now(),
                request.method().equals("HEAD"), !keepAlive);
        status = plan.status();
        steps = plan.steps().iterator();
        next();
    }

    private void next() {
        if (over) {
            return;
        }
        if (!steps.hasNext()) {
            over = true;
            connection.finished(this);
            return;
        }
        switch (steps.next()) {
            case WireStep.Pause pause -> scriptEngine.clock().after(pause.time(), this::next);
            case WireStep.Send send -> send(send, send.from());
            case WireStep.Reset _ -> connection.end(true);
            case WireStep.Close _ -> connection.end(false);
        }
    }

    private void send(WireStep.Send send, long from) {
        if (over) {
            return;
        }
        if (from >= send.until()) {
            next();
            return;
        }
        int rate = send.bytesPerSecond();
        int burst = rate == 0 ? CHUNK_BYTES : Math.min(CHUNK_BYTES, Math.ceilDiv(rate, TRICKLES_PER_SECOND));
        int length = (int) Math.min(burst, send.until() - from);
        if (send.last() && from + length == send.until()) {
            // before the client can know it, so that a client that has the answer finds it recorded
            record(new RecordedRequest.Outcome.Answered(status));
        }
        connection.write(send.payload().slice(from, length), () -> {
            if (rate == 0) {
                send(send, from + length);
            } else {
                scriptEngine.clock()
                        .after(Duration.ofNanos(1_000_000_000L * length / rate),
                                () -> send(send, from + length));
            }
        });
    }

    /** The client is gone. */
    void abandon() {
        if (!over) {
            over = true;
            scriptEngine.noLongerHanging(this);
            record(new RecordedRequest.Outcome.ClientLeft());
        }
    }

    /** Its connection is ended by the simulator. */
    void cut(boolean reset) {
        if (!over) {
            over = true;
            scriptEngine.noLongerHanging(this);
            record(reset ? new RecordedRequest.Outcome.Reset() : new RecordedRequest.Outcome.Closed());
        }
    }

    private void record(RecordedRequest.Outcome outcome) {
        if (!recorded) {
            recorded = true;
            scriptEngine.log().complete(entry, outcome);
        }
    }
}
