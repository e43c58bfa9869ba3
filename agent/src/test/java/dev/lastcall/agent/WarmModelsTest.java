// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.cli.Cli;
import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.cli.Terminal;
import dev.lastcall.agent.warm.WarmCommand;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

/** The models of a whole agent, from a folder as the store. */
@Timeout(120)
class WarmModelsTest {

    @TempDir
    Path directory;

    private final List<Agent> opened = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void closeAll() {
        opened.forEach(Agent::close);
    }

    @Test
    void modelIsWarmedAtTheStartAndMarkersTell() throws IOException {
        Path store = store("weights", 3 << 20);
        Files.createDirectories(markers());
        Files.writeString(markers().resolve("_all"), "left by an earlier run");

        Agent agent = start("models: [{name: tiny, from: " + store + "}]\n" + cache(""));

        soon().until(() -> Files.exists(markers().resolve("_all")) && models(agent).contains("\"state\":\"warm\""));
        String folder = Files.readString(markers().resolve("tiny")).strip();
        assertThat(Path.of(folder).resolve("model.bin")).hasSameBinaryContentAs(store.resolve("model.bin"));
        assertThat(Ask.get(agent.apiPort(), "/metrics").body()).contains("lastcall_model_warm{model=\"tiny\"} 1.0",
                "lastcall_warmup_received_bytes_total{model=\"tiny\"}", "lastcall_cache_bytes ");
        assertThat(run("wait", "tiny", "--socket", socket())).isZero();
    }

    @Test
    void noticeStopsWarmingAndItGoesOnWhenTheNoticeIsWithdrawn() throws IOException {
        Path store = store("weights", 16 << 20);
        Agent agent = start("readiness: models\nmodels: [{name: big, from: " + store + "}]\n"
                + cache(", partSize: 1MiB, maxConnections: 1, bandwidth: 1MiB/s"));
        soon().until(() -> models(agent).matches("(?s).*\"bytesDone\":[1-9].*"));
        assertThat(Ask.get(agent.apiPort(), "/readyz").body()).isEqualTo("not warm yet: big\n");

        Ask.post(Path.of(socket()), "/v1/drain", "{\"window\":\"100s\"}");

        soon().until(() -> models(agent).contains("\"state\":\"stopped\""));
        assertThat(markers().resolve("big")).doesNotExist();
        assertThat(Ask.post(Path.of(socket()), "/v1/models/limit", "{\"limit\":\"unlimited\"}").status())
                .isEqualTo(202);
        Ask.post(Path.of(socket()), "/v1/undrain", "");
        soon().until(() -> models(agent).contains("\"state\":\"warm\""));
        assertThat(Ask.get(agent.apiPort(), "/readyz").status()).isEqualTo(200);
        assertThat(Files.readString(markers().resolve("big"))).isNotBlank();
    }

    @Test
    void modelThatCannotBeWarmedHarmsNoOtherAndIsNamed() throws IOException {
        Path store = store("weights", 1 << 20);
        Path nowhere = Files.createDirectories(directory.resolve("nowhere"));
        Agent agent = start("models:\n  - {name: absent, from: " + nowhere
                + ", priority: 5}\n  - {name: good, from: " + store + "}\n" + cache(""));

        soon().until(() -> models(agent).contains("\"state\":\"warm\""));

        assertThat(run("wait", "absent", "--timeout", "2s", "--socket", socket())).as("it is tried again").isEqualTo(3);
        assertThat(err.toString()).contains("it is failed and is tried again", "nowhere");
        soon().until(() -> Ask.get(agent.apiPort(), "/v1/status").body().contains("model-not-warm"));
        assertThat(run("wait", "other", "--socket", socket())).isEqualTo(1);
        assertThat(err.toString()).contains("there are absent, good");
        assertThat(markers().resolve("_all")).doesNotExist();
        assertThat(run("models", "--socket", socket())).isZero();
        assertThat(out.toString()).contains("absent", "failed", "good", "warm", "100%");
        assertThat(Ask.get(agent.apiPort(), "/readyz").status()).isEqualTo(200);
    }

    @Test
    void waitEndsWithItsOwnCodeWhereNoAgentComes() {
        assertThat(run("wait", "tiny", "--timeout", "200ms", "--socket", socket())).isEqualTo(3);
        assertThat(err.toString()).contains("tiny is not warm within 200ms");
    }

    @Test
    void commandFetchesOneModelAndPrintsOneDocument() throws IOException {
        Path store = store("weights", 1 << 20);
        Path dest = directory.resolve("dest");

        assertThat(run("warm", store.toString(), dest.toString(), "--json")).isZero();

        assertThat(out.toString()).startsWith("{\"outcome\":\"warm\"").contains("\"bytes\":1048576").endsWith("}\n");
        assertThat(err.toString()).isEmpty();
        assertThat(dest.resolve("model.bin")).hasSameBinaryContentAs(store.resolve("model.bin"));
    }

    @Test
    void commandEndsWithItsOwnCodeWhenItsTimeIsUpAndGoesOnLater() throws IOException {
        String store = store("weights", 16 << 20).toString();
        String dest = directory.resolve("dest").toString();

        assertThat(run("warm", store, dest, "--limit", "2MiB/s", "--part-size", "1MiB", "--connections", "1",
                "--timeout", "3s")).isEqualTo(3);
        assertThat(err.toString()).contains("not warm within --timeout");
        assertThat(run("warm", store, dest, "--part-size", "1MiB")).isZero();
        assertThat(out.toString()).contains("is warm in", "16.0 MiB");
    }

    @Test
    void commandDoesNotPromiseToGoOnWhereAnOperatorMustAct() throws IOException {
        Path store = store("weights", 1 << 20);
        Files.writeString(store.resolve("model.safetensors.index.json"),
                "{\"weight_map\": {\"w\": \"gone.safetensors\"}}");

        assertThat(run("warm", store.toString(), directory.resolve("dest").toString())).isEqualTo(1);

        assertThat(err.toString()).contains("gone.safetensors", "upload it again", "once that is put right")
                .doesNotContain("the same command");
    }

    @Test
    void commandSaysWhatAnAddressMayBe() {
        assertThat(run("warm", "bogus", directory.resolve("dest").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("\"bogus\": there is no such folder here");
        assertThat(run("warm", "/nowhere", "cache:../x")).isEqualTo(2);
    }

    private int run(String... args) {
        Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), Map.of(), false, 120);
        return new Cli(terminal, (config, lastWord) -> ExitCode.OK)
                .add("warm", () -> new WarmCommand(terminal, Optional::empty, NodeClock.system()))
                .run(args);
    }

    private Path store(String name, int bytes) throws IOException {
        Path store = Files.createDirectories(directory.resolve(name));
        byte[] content = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            content[i] = (byte) ((i * 31) >> 8 ^ i);
        }
        Files.write(store.resolve("model.bin"), content);
        return store;
    }

    private Agent start(String lines) {
        Agent agent = Agents.start(AgentText.in(directory)
                .notices("cloud: none\nsources: [{name: drill, file: "
                        + directory.resolve("notice") + "}]\n" + lines),
                NodeClock.system());
        opened.add(agent);
        return agent;
    }

    private String cache(String more) {
        return "cache: {path: " + directory.resolve("cache") + ", markers: " + markers()
                + ", reserve: 0B, quota: none" + more + "}";
    }

    private Path markers() {
        return directory.resolve("markers");
    }

    private String socket() {
        return AgentText.in(directory).controlSocket().toString();
    }

    private static String models(Agent agent) {
        return Ask.get(agent.apiPort(), "/v1/models").body();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(ofSeconds(60)).pollInterval(Duration.ofMillis(20));
    }
}
