// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.agent.cli.Cli;
import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.cli.Terminal;
import dev.lastcall.agent.warm.WarmCommand;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Puts the same secret wherever configuration may hold one, and looks for it in everything that people can read. */
@Timeout(180)
class SecretsShownTest {

    private static final Pattern API = Pattern.compile("api\"?[=:]\"?127[^:]*:(\\d+)");

    private static final String SECRET = "S3cr3tS3cr3tS3cr3t";

    @TempDir
    Path directory;

    private final WebStore store = new WebStore();

    /** The model's store, the webhook and the source all refuse, so that each has something to say. */
    private AgentText text(String format) {
        String address = store.put("m", 1000);
        store.refuse(403);
        String elsewhere = address.substring(0, address.indexOf('/', 8));
        return AgentText.in(directory)
                .notices("""
                        cloud: none
                        log: {level: debug, format: %s}
                        sources: [{name: own, url: "%s/none?sig=%s", poll: 1s}]
                        webhook: {url: "%s/hook?sig=%s", token: %s}
                        models: [{name: m, from: "%s?sig=%s", authorization: "Bearer %s"}]
                        cache: {path: %s, markers: %s, reserve: 0B, quota: none}
                        """.formatted(format, elsewhere, SECRET, elsewhere, SECRET, SECRET, address, SECRET, SECRET,
                        directory.resolve("cache"), directory.resolve("markers")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void noSecretIsServedOrLogged(String format) throws IOException {
        Path config = text(format).write();
        try (AgentProcess agent = AgentProcess.run(config)) {
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> port(agent) > 0);
            int port = port(agent);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> Ask.get(port, "/v1/models").body().contains("403"));

            for (String path : List.of("/", "/healthz", "/readyz", "/metrics", "/v1/status", "/v1/models")) {
                assertThat(Ask.get(port, path).body()).as(path).doesNotContain(SECRET);
            }
            for (List<String> command : List.of(List.of("status"), List.of("status", "--json"), List.of("models"),
                    List.of("models", "--json"), List.of("drain", "--window", "1s"))) {
                String[] words = new String[command.size() + 2];
                command.toArray(words);
                words[command.size()] = "--socket";
                words[command.size() + 1] = AgentText.in(directory).controlSocket().toString();
                assertThat(run(words)).as(command.toString()).doesNotContain(SECRET);
            }
            assertThat(agent.err()).as("the log").contains("403").doesNotContain(SECRET);
        }
    }

    private static int port(AgentProcess agent) {
        Matcher found = API.matcher(agent.err());
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }

    @Test
    void noSecretIsPrinted() {
        Path config = text("text").write();

        assertThat(run("config", "show", "--config", config.toString())).contains("models[0].from")
                .doesNotContain(SECRET);
        assertThat(run("config", "show", "--json", "--config", config.toString())).contains("webhook.token")
                .doesNotContain(SECRET);
        assertThat(run("config", "check", "--config", config.toString())).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"webhook: {url: \"ftp://u:" + SECRET + "@h/?sig=" + SECRET + "\"}",
        "models: [{name: m, from: \"htp://h/m?sig=" + SECRET + "\"}]", "api: {token: \"" + SECRET + " x\"}",
        "servers: [{name: s, url: \"http://u:" + SECRET + "@h:99999/\"}]"})
    void noSecretIsInWhatIsWrongWithAConfiguration(String lines) throws IOException {
        Path config = Files.writeString(directory.resolve("wrong.yaml"), lines);

        assertThat(run("config", "check", "--config", config.toString())).contains("wrong.yaml:1")
                .doesNotContain(SECRET);
    }

    @Test
    void noSecretIsInWhatAWarmUpSays() {
        String address = store.put("m", 1000) + "?X-Amz-Signature=" + SECRET;
        String with = address.replace("http://", "http://u:" + SECRET + "@");
        store.refuse(403);

        for (String from : List.of(address, with)) {
            String dest = directory.resolve("dest").toString();
            assertThat(run("warm", from, dest)).isNotEmpty().doesNotContain(SECRET);
            assertThat(run("warm", from, dest, "--json")).isNotEmpty().doesNotContain(SECRET);
        }
    }

    private static String run(String... args) {
        StringWriter written = new StringWriter();
        PrintWriter both = new PrintWriter(written, true);
        Terminal terminal = new Terminal(both, both, Map.of(), false, 120);
        int code = new Cli(terminal, (config, lastWord) -> ExitCode.OK)
                .add("warm", () -> new WarmCommand(terminal, Optional::empty, NodeClock.system()))
                .run(args);
        return written + " exit " + code;
    }
}
