// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/** Pods are written by others: any value in any place is read, and one odd pod does not keep the others from being followed. */
class PodParserTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String WHOLE = """
            {"metadata": {"namespace": "n", "name": "p", "uid": "u", "labels": {"app": "a"}, "deletionTimestamp": "x",
                "annotations": {"lastcall.dev/grace": "1s", "lastcall.dev/drain": "x"}, "ownerReferences": [{"kind": "Job"}]},
             "spec": {"containers": [{"name": "c", "ports": [{"containerPort": 1}], "lifecycle": {"preStop": {"httpGet":
                {"path": "/v1/hold"}}}, "resources": {"limits": {"nvidia.com/gpu": 1, "a/b": "1"},
                "claims": [{"name": "x"}]}}],
                "initContainers": [{"name": "lastcall-gate", "restartPolicy": "Always",
                    "ports": [{"name": "lastcall", "containerPort": 9809}]}],
                "resourceClaims": [{"name": "x"}], "readinessGates": [{"conditionType": "lastcall.dev/open"}],
                "terminationGracePeriodSeconds": 30},
             "status": {"phase": "Running", "podIP": "127.0.0.1", "conditions": [{"type": "lastcall.dev/open"}]}}""";

    private final PodParser parser = new PodParser(PodSettings.DEFAULT);

    @Provide
    Arbitrary<List<String>> odd() {
        return Arbitraries
                .of("null", "1", "-9e99", "-5", "70000", "\"1.2.3.4:80/x\"", "\"a b\"", "true", "\"\"", "\"x\"", "[]",
                        "{}", "[null]", "[[1]]", "{\"\": null}",
                        "\"\\u0000\\uD800\"", "99999999999999999999")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Property(tries = 2000)
    void thePodIsReadWhateverValueIsInAnyPlace(@ForAll("odd") List<String> odd, @ForAll int place) {
        JsonNode pod = JSON.readTree(WHOLE);
        int at = place;
        for (String value : odd) {
            replace(pod, Math.floorMod(at, 40), JSON.readTree(value));
            at = at * 31 + 7;
        }

        Pod read = parser.parse(pod);

        assertThat(read.port()).isBetween(1, 65535);
        read.gatePort().ifPresent(port -> assertThat(port).isBetween(1, 65535));
        assertThat(read.ip()).matches("|127\\.0\\.0\\.1");
        assertThat(read.grace().isNegative()).isFalse();
        assertThat(read.unknownResources()).hasSizeLessThanOrEqualTo(5);
    }

    /** Puts {@code odd} in the place of the value at this place of the tree, counted from its root. */
    private static int replace(JsonNode tree, int place, JsonNode odd) {
        int left = place;
        if (tree instanceof ObjectNode object) {
            for (String key : List.copyOf(object.propertyNames())) {
                if (left == 0) {
                    object.set(key, odd);
                    return -1;
                }
                left = replace(object.path(key), left - 1, odd);
                if (left < 0) {
                    return -1;
                }
            }
        } else {
            for (JsonNode one : tree) {
                left = replace(one, left, odd);
                if (left < 0) {
                    return -1;
                }
            }
        }
        return left;
    }
}
