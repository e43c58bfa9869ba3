// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.setup;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.agent.server.kind.Kinds;
import dev.lastcall.agent.server.stop.StopWay;
import dev.lastcall.agent.setup.PortOwners.Owner;
import dev.lastcall.agent.setup.Survey.FoundServer;
import dev.lastcall.agent.values.ListenAddress;
import dev.lastcall.metadata.cloud.Cloud;
import dev.lastcall.metadata.cloud.CloudDetector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class StarterFileTest {

    @TempDir
    Path folder;

    private static Survey survey(Cloud cloud, FoundServer... servers) {
        return new Survey(new CloudDetector.Detected(cloud, "as the test says"), List.of(8000), List.of(servers),
                Path.of("/var/lib/lastcall/models"), "1 GiB free", List.of());
    }

    private static FoundServer server(String kind, Owner owner, boolean open, Optional<ListenAddress> gate) {
        return new FoundServer(kind, URI.create("http://127.0.0.1:8000"), kind, "by its looks", owner, open, gate);
    }

    private ConfigResult.Valid read(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("l.yaml"), text);
        ConfigResult result = ConfigReader.read(new ConfigInputs(file, true, Map.of(), List.of()));
        assertThat(result).describedAs(text).isInstanceOf(ConfigResult.Valid.class);
        return (ConfigResult.Valid) result;
    }

    @Test
    void aServiceIsFrontedAndStopped() throws IOException {
        String text = StarterFile.of(survey(Cloud.AWS, server("vllm", new Owner.Unit("a\\x2db@1.service"), true,
                Optional.of(new ListenAddress("0.0.0.0", 8081)))));

        assertThat(text.lines()).hasSize(9);
        assertThat(text).contains("cloud: aws\n", "# clients come here; start the server with --host 127.0.0.1\n");
        assertThat(read(text).config().servers()).singleElement().satisfies(server -> {
            assertThat(server.stop()).isEqualTo(new StopWay.Systemd("a\\x2db@1.service"));
            assertThat(server.gate().orElseThrow().listen().getPort()).isEqualTo(8081);
        });
    }

    @Test
    void everyKindAndOwnerPassesTheCheck() throws IOException {
        for (String kind : Kinds.names()) {
            for (Owner owner : List.of(new Owner.LoneProcess(4711), new Owner.Engine("docker.service"),
                    new Owner.Unknown())) {
                String text = StarterFile.of(survey(Cloud.GCP, server(kind, owner, false, Optional.empty())));

                assertThat(read(text).config().servers()).singleElement()
                        .satisfies(server -> assertThat(server.stop()).isEqualTo(new StopWay.None()));
            }
        }
    }

    @Test
    void whereNothingIsFoundThereAreCommentsThatPassTheCheckUncommentedToo() throws IOException {
        String text = StarterFile.of(survey(Cloud.NONE));

        assertThat(read(text).settings()).noneMatch(setting -> setting.isSet());
        assertThat(text.lines()).hasSizeLessThanOrEqualTo(15);
        assertThat(read(text.replaceAll("(?m)^#(?! Made)", "")).config().servers()).hasSize(1);
    }
}
