// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.lastcall.agent.kubernetes.ApiCalls;
import dev.lastcall.agent.kubernetes.ApiReply;
import dev.lastcall.agent.kubernetes.Call;
import dev.lastcall.metadata.NodeClock;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An API server with one pod, whose answers are scripted, on a clock that moves on only when a caller sleeps on it. What is not
 * scripted is done, if the pod is there.
 */
final class ScriptedPod implements ApiCalls, NodeClock {

    static final String UID = "the-pod";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration CALL = Duration.ofMillis(10);

    /** The answers to come, and those that stay for ever; a status of 0 is no answer. */
    final Deque<Integer> evictions = new ArrayDeque<>();
    final Deque<Integer> deletions = new ArrayDeque<>();
    int everyEviction = 201;
    int everyDeletion = 200;
    Optional<ApiReply> everyLook = Optional.empty();

    /** Which pod of that name is there; empty for none. */
    volatile String uid = UID;
    volatile boolean asked; // it was accepted that the pod goes
    final List<String> calls = new ArrayList<>();
    final AtomicInteger mostAtATime = new AtomicInteger();
    private final AtomicInteger atATime = new AtomicInteger();
    private final AtomicLong now = new AtomicLong(-5_000_000_000L);

    static Pod pod() {
        ObjectNode pod = (ObjectNode) JSON.readTree("""
                {"metadata": {"namespace": "inference", "name": "vllm", "uid": "%s"},
                 "spec": {"containers": [{"name": "vllm"}], "terminationGracePeriodSeconds": 30},
                 "status": {"podIP": "127.0.0.1"}}""".formatted(UID));
        return new PodParser(PodSettings.DEFAULT).parse(pod);
    }

    @Override
    public ApiReply call(Call call) {
        mostAtATime.accumulateAndGet(atATime.incrementAndGet(), Math::max);
        try {
            now.addAndGet(CALL.toNanos());
            synchronized (calls) {
                calls.add(call.verb().label());
            }
            return switch (call.verb()) {
                case GET -> everyLook.orElseGet(this::look);
                case CREATE -> answer(evictions.isEmpty() ? everyEviction : evictions.removeFirst(), call);
                case DELETE -> answer(deletions.isEmpty() ? everyDeletion : deletions.removeFirst(), call);
                case LIST, WATCH, PATCH -> throw new IllegalStateException("not asked of a pod that goes: " + call);
            };
        } finally {
            atATime.decrementAndGet();
        }
    }

    private ApiReply look() {
        return uid.isEmpty() ? absent() : there(uid);
    }

    static ApiReply there(String uid) {
        return new ApiReply.Ok(JSON.readTree("{\"metadata\": {\"uid\": \"" + uid + "\"}}"));
    }

    private static ApiReply absent() {
        return new ApiReply.Refused(404, "pods \"vllm\" not found", Optional.empty(),
                Optional.of(new ApiReply.Absent("pods", "vllm")));
    }

    private ApiReply answer(int status, Call call) {
        if (!call.body().contains(UID)) {
            throw new IllegalStateException("without the uid of the pod: " + call.body());
        }
        if (status == 0) {
            return new ApiReply.Unreachable("connection refused");
        }
        if (status / 100 != 2) {
            return new ApiReply.Refused(status, "as the test wants it", Optional.empty());
        }
        if (uid.isEmpty()) {
            return absent();
        }
        if (!uid.equals(UID)) {
            return new ApiReply.Refused(409, "the uid is another", Optional.empty());
        }
        asked = true;
        return new ApiReply.Ok(JSON.createObjectNode());
    }

    long count(String verb) {
        synchronized (calls) {
            return calls.stream().filter(verb::equals).count();
        }
    }

    Duration since(long begun) {
        return Duration.ofNanos(now.get() - begun);
    }

    @Override
    public Instant wallTime() {
        return Instant.parse("2026-11-29T12:00:00Z").plusNanos(now.get());
    }

    @Override
    public long nanoTime() {
        return now.get();
    }

    @Override
    public void sleepUntil(long wake) {
        now.accumulateAndGet(wake, (a, b) -> a - b < 0 ? b : a);
    }
}
