// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Which pods are drained without a word, by the lists that the program is delivered with. */
class AcceleratorsTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final PodParser parser = new PodParser(PodSettings.DEFAULT);

    private Pod pod(String metadata, String spec) {
        return parser.parse(JSON.readTree("""
                {"metadata": {"namespace": "n", "name": "p", "uid": "u" %s}, "spec": {%s},
                 "status": {"podIP": "127.0.0.1"}}""".formatted(metadata, spec)));
    }

    private static String container(String resource, String amount) {
        return "{\"name\": \"c\", \"ports\": [{\"containerPort\": 9001}], \"resources\": {\"limits\": {\"cpu\": \"1\", \""
                + resource + "\": \"" + amount + "\"}}}";
    }

    /** Names as the vendors' device plugins and the clouds document them. */
    @ParameterizedTest
    @ValueSource(strings = {"nvidia.com/gpu", "nvidia.com/gpu.shared", "nvidia.com/mig-1g.5gb",
        "nvidia.com/mig-3g.20gb",
        "nvidia.com/mig-1g.10gb.me", "nvidia.com/mig-1g.5gb.shared", "amd.com/gpu", "amd.com/cpx_nps4",
        "google.com/tpu", "aws.amazon.com/neuron", "aws.amazon.com/neuroncore", "aws.amazon.com/neurondevice",
        "habana.ai/gaudi", "gpu.intel.com/i915", "gpu.intel.com/xe", "huawei.com/Ascend910"})
    void everyAcceleratorIsSeenInAnOrdinaryContainerAndInANativeSidecar(String resource) {
        String one = container(resource, "1");
        assertThat(pod("", "\"containers\": [" + one + "]")).matches(Pod::chosen)
                .extracting(Pod::port)
                .isEqualTo(9001);
        assertThat(pod("", "\"containers\": [{\"name\": \"main\"}], \"initContainers\": [" + one.replace("{\"name\"",
                "{\"restartPolicy\": \"Always\", \"name\"") + "]")).matches(Pod::chosen);
        assertThat(pod("", "\"containers\": [" + container(resource, "0") + "]").chosen()).isFalse();
    }

    @Test
    void aClaimOfDynamicResourceAllocationIsSeen() {
        String claims = "\"resourceClaims\": [{\"name\": \"gpu\", \"resourceClaimTemplateName\": \"one-gpu\"}]";
        assertThat(pod("", claims + ", \"containers\": [{\"name\": \"side\", \"ports\": [{\"containerPort\": 1}]}, "
                + "{\"name\": \"main\", \"ports\": [{\"containerPort\": 2}], \"resources\": {\"claims\": "
                + "[{\"name\": \"gpu\"}]}}]")).matches(Pod::chosen).extracting(Pod::port).isEqualTo(2);
        assertThat(pod("", claims + ", \"containers\": [{\"name\": \"main\"}]").chosen()).isTrue();
    }

    @Test
    void whatMayBeAnAcceleratorIsNamed() {
        Pod pod = pod("", "\"containers\": [" + container("example.com/npu", "2") + "]");
        assertThat(pod.chosen()).isFalse();
        assertThat(pod.unknownResources()).containsExactly("example.com/npu");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vpc.amazonaws.com/efa", "rdma/hca_shared_devices_a", "hugepages-2Mi", "ephemeral-storage",
        "requests.kubernetes.io/x", "nvidia.com/hostdev"})
    void whatIsKnownToBeNoneIsNotNamed(String resource) {
        Pod pod = pod("", "\"containers\": [" + container(resource, "1") + "]");
        assertThat(pod.chosen()).isFalse();
        assertThat(pod.unknownResources()).isEmpty();
    }

    @Test
    void aPodsOwnWordGoesBeforeWhatItRequests() {
        String gpu = "\"containers\": [" + container("nvidia.com/gpu", "1") + "]";
        String unknown = "\"containers\": [" + container("example.com/npu", "1") + "]";
        String yes = ", \"annotations\": {\"lastcall.dev/drain\": \"true\"}";
        String no = ", \"annotations\": {\"lastcall.dev/drain\": \"false\"}";
        assertThat(pod(no, gpu).chosen()).isFalse();
        assertThat(pod(yes, unknown).chosen()).isTrue();
        assertThat(pod(yes, unknown).unknownResources()).isEmpty();
        assertThat(pod(no, unknown).unknownResources()).isEmpty();
        assertThat(pod(yes, "\"containers\": []").chosen()).isTrue();
        assertThat(pod(", \"annotations\": {\"lastcall.dev/drain\": \"maybe\"}", gpu)).matches(Pod::chosen)
                .matches(pod -> pod.annotations().problems().size() == 1);
    }

    @Test
    void aPodOfADaemonSetIsNeitherDrainedNorNamed() {
        Pod pod = pod(", \"ownerReferences\": [{\"kind\": \"DaemonSet\"}]",
                "\"containers\": [" + container("example.com/npu", "1") + "]");
        assertThat(pod.chosen()).isFalse();
        assertThat(pod.unknownResources()).isEmpty();
    }
}
