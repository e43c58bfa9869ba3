// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What became of the calls: how many of which verb ended how, and which are forbidden at present. Thread-safe.
 */
public final class ApiTally {

    /** How a call ended; the closed set labels a metric. */
    public enum Outcome {
        /** It was done. */
        OK("ok"),
        /** The server said no for a reason of the moment: gone, conflict, too many requests, its own failure. */
        REFUSED("refused"),
        /** The server said that this service account may not. */
        FORBIDDEN("forbidden"),
        /** No whole answer. */
        UNREACHABLE("unreachable");

        private final String label;

        Outcome(String label) {
            this.label = label;
        }

        /** The lower-case name in metrics. */
        public String label() {
            return label;
        }
    }

    private final Map<Call.Verb, Map<Outcome, LongAdder>> counts = new ConcurrentHashMap<>();
    private final Map<String, String> forbidden = new ConcurrentHashMap<>();

    /** How many calls of this verb ended so. */
    public long count(Call.Verb verb, Outcome outcome) {
        LongAdder adder = counts.getOrDefault(verb, Map.of()).get(outcome);
        return adder == null ? 0 : adder.sum();
    }

    /** What the service account may not do, by verb and kind of object, with what the server said of it. */
    public Map<String, String> forbidden() {
        return new TreeMap<>(forbidden);
    }

    void note(Call call, ApiReply reply) {
        Outcome outcome = outcome(reply);
        counts.computeIfAbsent(call.verb(), verb -> new ConcurrentHashMap<>())
                .computeIfAbsent(outcome, one -> new LongAdder())
                .increment();
        String permission = permission(call);
        if (outcome == Outcome.FORBIDDEN) {
            forbidden.put(permission, reply.problem());
        } else if (outcome == Outcome.OK) {
            forbidden.remove(permission);
        }
    }

    private static Outcome outcome(ApiReply reply) {
        return switch (reply) {
            case ApiReply.Ok _ -> Outcome.OK;
            case ApiReply.Refused refused -> refused.status() == 403 ? Outcome.FORBIDDEN : Outcome.REFUSED;
            case ApiReply.TooLarge _,ApiReply.Unreachable _ -> Outcome.UNREACHABLE;
        };
    }

    /** Verb and resource, such as {@code patch nodes/status}: never a name, so that there are only a few. */
    static String permission(Call call) {
        String path = call.path().contains("?") ? call.path().substring(0, call.path().indexOf('?')) : call.path();
        String[] parts = path.split("/", -1);
        int resource = 3;
        if (parts.length > 5 && parts[resource].equals("namespaces")) {
            resource = 5;
        }
        if (resource >= parts.length) {
            return call.verb().label();
        }
        String sub = parts.length > resource + 2 ? "/" + parts[resource + 2] : "";
        return call.verb().label() + " " + parts[resource] + sub;
    }
}
