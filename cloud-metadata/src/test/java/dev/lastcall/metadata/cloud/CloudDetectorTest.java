// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.cloud;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.generic.FileSettings;
import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.MetadataTransport;
import dev.lastcall.metadata.testing.FakeServer;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CloudDetectorTest {

    private final FakeServer server = new FakeServer(new ManualClock());

    @TempDir
    private Path root = Path.of("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"sys_vendor=Amazon EC2|AWS", "sys_vendor=Xen;bios_version=4.11.amazon|AWS",
        "product_name=Google Compute Engine|GCP", "sys_vendor=Google;product_name=Google|GCP",
        "sys_vendor=Microsoft Corporation;product_name=Virtual Machine;chassis_asset_tag=7783-7084-3265-9085-8269-3286-77|AZURE"})
    void firmwareNamesTheCloud(String dmi, Cloud cloud) throws Exception {
        writeAll(dmi);
        assertThat(detector(server).detect().cloud()).isEqualTo(cloud);
        assertThat(server.count()).as("no packet is sent").isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sys_vendor=Microsoft Corporation;product_name=Virtual Machine",
        "sys_vendor=LENOVO;product_name=20XW", "sys_vendor=QEMU;product_name=Standard PC"})
    void aFirmwareOfAnotherMakerIsNoAnswer(String dmi) throws Exception {
        writeAll(dmi);
        server.script(request -> server.status(503, ""));
        CloudDetector.Detected nothing = detector(server).detect();
        assertThat(nothing.cloud()).isEqualTo(Cloud.NONE);
        assertThat(nothing.evidence()).contains("firmware says '", "no metadata server answers");

        server.script(request -> request.path().startsWith("/metadata/instance") ? server.ok("vm") : null);
        assertThat(detector(server).detect().cloud()).isEqualTo(Cloud.AZURE);
    }

    @Test
    void whatIsNoMetadataServerIsTakenForNone() throws Exception {
        server.script(request -> server.ok("<html><body>Sign in to the network</body></html>"));
        assertThat(detector(server).detect().cloud()).isEqualTo(Cloud.NONE);
    }

    @Test
    void asksWhereTheSettingsSay() throws Exception {
        SourceSettings defaults = SourceSettings.defaults();
        SourceSettings elsewhere = new SourceSettings(
                defaults.aws().withEndpoints(Endpoint.http("127.0.0.1", 1), Endpoint.http("127.0.0.1", 2)),
                defaults.gcp(), defaults.azure(), List.of());
        server.script(request -> request.endpoint().port() == 2 ? server.ok("token") : server.status(404, ""));
        assertThat(new CloudDetector(server, root, elsewhere).detect().cloud()).isEqualTo(Cloud.AWS);
    }

    private void writeAll(String dmi) throws IOException {
        for (String entry : dmi.split(";", -1)) {
            String[] pair = entry.split("=", 2);
            write(pair[0], pair[1] + "\n");
        }
    }

    @Test
    void withoutFirmwareTheMetadataServersAreAsked() throws Exception {
        server.script(request -> request.path().equals("/computeMetadata/v1/instance/id")
                ? server.ok("1", Map.of("Metadata-Flavor", "Google"))
                : null);
        assertThat(detector(server).detect().cloud()).isEqualTo(Cloud.GCP);
        server.script(request -> request.method().name().equals("PUT") ? server.ok("token") : null);
        assertThat(detector(server).detect().cloud()).isEqualTo(Cloud.AWS);
        server.script(request -> request.path().startsWith("/metadata/instance") ? server.ok("vm") : null);
        assertThat(detector(server).detect().cloud()).isEqualTo(Cloud.AZURE);
        server.script(request -> server.status(200, ""));
        assertThat(detector(server).detect().cloud()).isEqualTo(Cloud.NONE);
    }

    @Test
    void blackholeIsGivenUpWithinTheBound() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        long before = System.nanoTime();
        CloudDetector.Detected detected = detector(request -> {
            never.await();
            throw new AssertionError();
        }).detect();

        assertThat(detected.cloud()).isEqualTo(Cloud.NONE);
        assertThat(detected.evidence()).contains("no metadata server answers");
        assertThat(System.nanoTime() - before).isLessThan(10 * CloudDetector.PROBE_BOUND.toNanos());
    }

    @Test
    void everyCloudHasItsSourcesAndNamesAreUnique() {
        Sources sources = new Sources(server, new ManualClock(), new Random(1), root);
        SourceSettings settings = SourceSettings.defaults();
        assertThat(sources.forCloud(Cloud.AWS, settings).all()).extracting(NoticeSource::name)
                .containsExactly("aws-spot",
                        "aws-termination-time", "aws-rebalance", "aws-maintenance");
        assertThat(sources.forCloud(Cloud.GCP, settings).all()).extracting(NoticeSource::name)
                .containsExactly("gcp-preempted",
                        "gcp-maintenance", "gcp-upcoming-maintenance", "gcp-life-cap");
        assertThat(sources.forCloud(Cloud.AZURE, settings).all()).extracting(NoticeSource::name)
                .containsExactly("azure-events");
        assertThat(sources.forCloud(Cloud.NONE, settings).all()).isEmpty();

        FileSettings file = FileSettings.of("twice", root);
        SourceSettings clashing = new SourceSettings(settings.aws(), settings.gcp(), settings.azure(),
                List.of(file, file));
        assertThatThrownBy(() -> sources.forCloud(Cloud.NONE, clashing)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice");
    }

    private void write(String name, String text) throws IOException {
        Path dmi = Files.createDirectories(root.resolve("sys/class/dmi/id"));
        Files.writeString(dmi.resolve(name), text);
    }

    private CloudDetector detector(MetadataTransport transport) {
        return new CloudDetector(transport, root);
    }
}
