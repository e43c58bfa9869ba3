// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.util.Map;

/** What the tests' pods and nodes look like. */
public final class SampleObjects {

    private SampleObjects() {}

    /** A pod with a GPU; name, namespace, node and port can be given. */
    public static String podYaml(Map<String, String> values) {
        return """
                kind: Pod
                apiVersion: v1
                metadata:
                  name: NAME
                  namespace: NAMESPACE
                  labels: {app: NAME}
                spec:
                  nodeName: NODE
                  containers:
                  - name: server
                    image: vllm
                    ports: [{containerPort: PORT}]
                    resources: {limits: {nvidia.com/gpu: 1}}
                status: {phase: Running, podIP: 127.0.0.1}
                """.replace("NAMESPACE", values.getOrDefault("namespace", "inference"))
                .replace("NAME", values.getOrDefault("name", "vllm-0"))
                .replace("NODE", values.getOrDefault("node", "gpu-1"))
                .replace("PORT", values.getOrDefault("port", "8000"));
    }

    /** A node that is ready. */
    public static String nodeYaml(String name) {
        return """
                kind: Node
                apiVersion: v1
                metadata: {name: %s}
                spec: {}
                status:
                  conditions:
                  - {type: Ready, status: "True", reason: KubeletReady}
                """.formatted(name);
    }
}
