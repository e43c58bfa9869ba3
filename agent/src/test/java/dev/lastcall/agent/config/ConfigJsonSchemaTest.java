// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.Validator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** The schema takes what the reader takes, and marks what it refuses; both are asked each time. */
class ConfigJsonSchemaTest {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Validator SCHEMA = Validator.create(JsonSchema.of(new JsonObject(ConfigJsonSchema.text())),
            new JsonSchemaOptions().setDraft(Draft.DRAFT202012).setBaseUri("https://lastcall.invalid/"));
    private static final String WRONG = "no-such-word";

    @TempDir
    Path directory;

    private ConfigText text;

    @BeforeEach
    void open() {
        text = new ConfigText(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "servers:", "cloud: aws", "drain: { reopen: false, dryRun: \"true\" }",
        "servers: [{ name: 1, url: \"http://127.0.0.1:1\", kind: vllm, stop: none, gate: { listen: \"127.0.0.1:2\" } }]",
        "servers: [{ name: s, url: \"unix:///run/s.sock\", stop: { pid: 77, first: true } }]",
        "sources: [{ name: own, url: \"http://h/\", time: /spot/at }]",
        "log: { level: debug, format: json }", "discovery: { ports: [8000, \"8080\"] }"})
    void whatTheReaderTakesIsValid(String yaml) throws IOException {
        assertThat(text.problems(yaml, Map.of())).isEmpty();
        assertThat(isValid(yaml)).isTrue();
    }

    @Test
    void theShippedFileIsValidAsItIsAndWithItsExamples() throws IOException {
        assertThat(isValid(Files.readString(ShippedFileTest.SHIPPED))).isTrue();
        assertThat(ShippedFileTest.examples()).contains("\nservers:");
        assertThat(isValid(ShippedFileTest.examples())).isTrue();
    }

    @Test
    void eachWrongWordOrNumberIsRefusedByBoth() throws IOException {
        List<String> tried = new ArrayList<>();
        for (Setting setting : ConfigReader.describe()) {
            if (!(setting.form().shape() instanceof ValueShape.Text)) {
                String yaml = yaml(setting.key(), setting.form().list() ? "[" + WRONG + "]" : WRONG);
                assertThat(text.problems(yaml, Map.of())).as(yaml).isNotEmpty();
                assertThat(isValid(yaml)).as(yaml).isFalse();
                tried.add(setting.key());
            }
        }
        assertThat(tried).contains("cloud", "servers[].kind", "servers[].stop.pid", "discovery.ports", "drain.dryRun");
    }

    @Test
    void numbersOutOfRangeAreRefusedByBoth() throws IOException {
        for (Setting setting : ConfigReader.describe()) {
            if (setting.form().shape() instanceof ValueShape.Whole(int min, int max) && !setting.form().list()) {
                for (long number : List.of(min - 1L, max + 1L)) {
                    String yaml = yaml(setting.key(), String.valueOf(number));
                    assertThat(text.problems(yaml, Map.of())).as(yaml).isNotEmpty();
                    assertThat(isValid(yaml)).as(yaml).isFalse();
                }
            }
        }
    }

    @Test
    void anUnknownKeyIsRefusedByBothInEachSection() throws IOException {
        Set<String> sections = new TreeSet<>(Set.of(""));
        for (Setting setting : ConfigReader.describe()) {
            int dot = setting.key().lastIndexOf('.');
            sections.add(dot < 0 ? "" : setting.key().substring(0, dot + 1));
        }
        assertThat(sections).contains("", "servers[].gate.", "servers[].stop.", "cache.");
        for (String section : sections) {
            String yaml = yaml(section + WRONG, "1");
            assertThat(text.problems(yaml, Map.of())).as(yaml).anyMatch(problem -> problem.contains("is no key"));
            assertThat(isValid(yaml)).as(yaml).isFalse();
        }
    }

    @Test
    void anElementWithoutItsRequiredKeysIsRefusedByBoth() throws IOException {
        String yaml = "servers: [{ name: s }]";

        assertThat(text.problems(yaml, Map.of())).anyMatch(problem -> problem.contains("servers[0].url"));
        assertThat(isValid(yaml)).isFalse();
    }

    /** A file that sets one key, inside the sections and lists that it is in. */
    private static String yaml(String key, String value) {
        String yaml = value;
        List<String> names = List.of(key.split("\\."));
        for (String name : names.reversed()) {
            yaml = name.endsWith("[]")
                    ? "{ " + name.substring(0, name.length() - 2) + ": [" + yaml + "] }"
                    : "{ " + name + ": " + yaml + " }";
        }
        return yaml;
    }

    /** A document without content, or with comments only, is an empty section. */
    private static boolean isValid(String yaml) {
        JsonNode read = YAML.readTree(yaml);
        JsonObject document = read.isObject() ? new JsonObject(read.toString()) : new JsonObject();
        return Boolean.TRUE.equals(SCHEMA.validate(document).getValid());
    }
}
