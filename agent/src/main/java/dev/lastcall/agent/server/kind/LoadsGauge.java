// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.util.List;

import dev.lastcall.agent.server.InFlight;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads SGLang's load: a list with an object for each data-parallel engine, either the answer itself or its {@code loads}. Its
 * versions name the numbers differently; whichever there are, all of them are zero when it is idle. Stateless.
 */
final class LoadsGauge {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** More engines than a node has accelerators. */
    private static final int MAX_ENGINES = 1024;

    private LoadsGauge() {}

    static InFlight read(String text) {
        JsonNode answer;
        try {
            answer = JSON.readTree(text);
        } catch (JacksonException notJson) {
            return new InFlight.Unclear("the load is not JSON");
        }
        JsonNode loads = answer.isArray() ? answer : answer.path("loads");
        if (!loads.isArray() || loads.isEmpty() || loads.size() > MAX_ENGINES) {
            return new InFlight.Unclear("the load is not a list of engines");
        }
        long sum = 0;
        for (JsonNode engine : loads) {
            long queued = sum(engine, List.of("num_running_reqs", "num_queue_reqs", "num_waiting_reqs"));
            long all = sum(engine, List.of("num_reqs", "num_total_reqs"));
            if (queued < 0 && all < 0) {
                return new InFlight.Unclear("an engine does not say how many requests it has");
            }
            sum += Math.max(queued, all);
        }
        return Gauges.count((double) sum);
    }

    /** Of those that are there; -1 where none is, or one is no count. */
    private static long sum(JsonNode engine, List<String> names) {
        long sum = -1;
        for (String name : names) {
            JsonNode number = engine.path(name);
            if (number.isIntegralNumber()) {
                long value = number.asLong(-1);
                if (value < 0) {
                    return -1;
                }
                sum = Math.max(sum, 0) + value;
            }
        }
        return sum;
    }
}
