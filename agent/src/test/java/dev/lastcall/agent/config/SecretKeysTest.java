// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.agent.values.Secret;
import dev.lastcall.agent.webhook.WebhookSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SecretKeysTest {

    private static final String SECRET = "S3cr3tS3cr3tS3cr3t";

    @TempDir
    Path directory;

    private ConfigText text;
    private Path file;

    @BeforeEach
    void open() throws IOException {
        text = new ConfigText(directory);
        file = Files.writeString(directory.resolve("token"), SECRET + "\nnot this\n");
    }

    @Test
    void eachSecretHasAKeyForAFile() {
        List<Setting> all = ConfigReader.describe();
        List<String> masked = List.of("api.token", "webhook.token", "servers[].adminKey", "models[].authorization");

        assertThat(all).extracting(Setting::key)
                .containsAll(masked)
                .containsAll(masked.stream().map(key -> key + "File").toList());
    }

    @Test
    void theFirstLineOfAFileIsTheSecret() {
        ConfigResult.Valid result = text.result("""
                api: { tokenFile: %1$s }
                webhook: { url: "http://h/", tokenFile: %1$s }
                servers: [{ name: s, url: "http://127.0.0.1:1", adminKeyFile: %1$s }]
                models: [{ name: m, from: "http://h/m/", files: [a], authorizationFile: %1$s }]
                """.formatted(file), Map.of());
        AgentConfig config = result.config();

        assertThat(config.api().token()).contains(Secret.of(SECRET));
        assertThat(config.webhook()).extracting(WebhookSettings::token).isEqualTo(Optional.of(Secret.of(SECRET)));
        assertThat(config.servers().getFirst().access().key()).contains(Secret.of(SECRET));
        assertThat(config.models().getFirst().store().headers()).containsEntry("Authorization", SECRET);
        assertThat(config.secretFiles()).containsExactly(file);
        assertThat(result.settings().toString()).contains(file.toString()).doesNotContain(SECRET);
    }

    @Test
    void theTextFormOfTheSettingsHidesThem() {
        AgentConfig config = text.valid("""
                api: { token: %1$s }
                webhook: { url: "http://h/", token: %1$s }
                servers: [{ name: s, url: "http://127.0.0.1:1", adminKey: %1$s }]
                models: [{ name: m, from: "http://h/m/", files: [a], authorization: %1$s }]
                """.formatted(SECRET), Map.of());

        assertThat(config.api().token()).isPresent();
        assertThat(config.toString()).contains("http://h/").doesNotContain(SECRET);
    }

    @Test
    void theEnvironmentNamesAFileToo() {
        assertThat(text.valid("", Map.of("LASTCALL_API_TOKEN_FILE", file.toString())).api().token())
                .contains(Secret.of(SECRET));
    }

    @Test
    void aFileThatCannotBeHadIsAProblemOfItsKey() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));

        assertThat(problem("api: { tokenFile: /nowhere/token }")).contains("lastcall.yaml:1:19", "api.tokenFile",
                "/nowhere/token is not there");
        assertThat(problem("api: { tokenFile: " + directory + " }")).contains("is not a regular file");
        assertThat(problem("api: { tokenFile: " + empty + " }")).contains("api.tokenFile", "at least 16");
        assertThat(problem("api: { token: " + SECRET + ", tokenFile: " + file + " }"))
                .contains("api.tokenFile", "token is given too")
                .doesNotContain(SECRET);
        Files.writeString(file, "short-one");
        assertThat(problem("api: { tokenFile: " + file + " }")).contains("the value").doesNotContain("short-one");
    }

    @Test
    void theConfigurationIsNotedWhereItHoldsASecretItself() {
        assertThat(text.valid("log: { level: info }", Map.of()).secretFiles()).isEmpty();
        assertThat(text.valid("api: { token: " + SECRET + " }", Map.of()).secretFiles())
                .isEqualTo(Set.of(directory.resolve("lastcall.yaml")));
        assertThat(text.valid("", Map.of("LASTCALL_API_TOKEN", SECRET)).secretFiles()).isEmpty();
    }

    private String problem(String yaml) {
        List<String> problems = text.problems(yaml, Map.of());
        assertThat(problems).hasSize(1);
        return problems.getFirst();
    }
}
