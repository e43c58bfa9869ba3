// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.config.ConfigInputs.FlagValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConfigProblemsTest {

    @TempDir
    Path directory;

    private ConfigText text;

    @BeforeEach
    void prepare() {
        text = new ConfigText(directory);
    }

    @Test
    void reportsAllProblemsTogetherInTheOrderOfTheFile() {
        assertThat(text.problems("""
                cloud: awz
                gcp:
                  preemtionNotice: 120s
                aws: { poll: 1, imdsv1: maybe }
                servers:
                  - name: llama
                    kind: vlm
                    gate: { listen: 8080 }
                """, Map.of("LASTCALL_LOG_LEVL", "debug"), new FlagValue("--set", "log.format", "xml")))
                .containsExactly(
                        "lastcall.yaml:1:8: cloud: \"awz\" is not one of them; allowed: auto, aws, gcp, azure, none; did you mean aws?",
                        "lastcall.yaml:3:3: gcp.preemtionNotice: is no key; did you mean preemptionNotice?",
                        "lastcall.yaml:4:14: aws.poll: \"1\" is no duration; allowed: a duration from 100ms to 1m, such as 30s or 1m30s",
                        "lastcall.yaml:4:25: aws.imdsv1: \"maybe\" is neither true nor false; allowed: true or false",
                        "lastcall.yaml:6:5: servers[0].url: is missing; it must be a URL such as http://127.0.0.1:8000, "
                                + "scheme http or https, or a Unix socket such as unix:///run/vllm.sock",
                        "lastcall.yaml:7:11: servers[0].kind: \"vlm\" is not one of them; allowed: auto, vllm, sglang, triton, "
                                + "trtllm-serve, tgi, tei, llama-server, ollama, ray-serve, djl, lmdeploy, torchserve, kserve, mlserver, "
                                + "bentoml, litserve, infinity, dynamo, generic; did you mean vllm?",
                        "lastcall.yaml:8:21: servers[0].gate.listen: \"8080\" is no listen address; allowed: HOST:PORT such as "
                                + "127.0.0.1:9808 or [::1]:9808, port 0 to 65535",
                        "environment LASTCALL_LOG_LEVL: the variable names no key; did you mean LASTCALL_LOG_LEVEL?",
                        "flag --set: log.format: \"xml\" is not one of them; allowed: text, json");
    }

    @Test
    void listsTheKeysWhereNoneIsNear() {
        assertThat(text.problems("discovery: { banana: 1 }", Map.of())).singleElement()
                .asString()
                .isEqualTo("lastcall.yaml:1:14: discovery.banana: is no key; discovery has: ports");
    }

    @Test
    void unknownFlagKeysAreSuggested() {
        assertThat(text.problems("", Map.of(), new FlagValue("--set", "aws.pol", "1s"))).singleElement()
                .asString()
                .isEqualTo("flag --set: \"aws.pol\" is no key; did you mean aws.poll?");
    }

    @Test
    void refusesAStopAtTheNoticeWithoutAWay() {
        assertThat(text.problems("servers: [{name: a, url: 'http://127.0.0.1:1', stop: {first: true}}]", Map.of()))
                .singleElement()
                .asString()
                .contains("servers[0].stop.first: needs a way to stop the server");
    }

    @Test
    void refusesAGaugeThatCountsOnlyAQueue() {
        assertThat(text.problems(
                "servers: [{name: a, url: 'http://127.0.0.1:1', gauge: {url: 'http://127.0.0.1:8002/metrics', "
                        + "metrics: [nv_inference_pending_request_count]}}]",
                Map.of())).singleElement()
                .asString()
                .contains(
                        "servers[0].gauge.metrics: nv_inference_pending_request_count counts only requests that wait");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix:///run/vllm.sock", "unix:/run/vllm.sock", "UNIX:///run/vllm.sock",
        "http+unix://%2Frun%2Fvllm.sock", "https+unix:///run/vllm.sock", "http://unix:/run/vllm.sock",
        "http://unix:/run/vllm.sock:/v1", "http://%2Frun%2Fvllm.sock/v1", "http:///run/vllm.sock", "/run/vllm.sock"})
    void refusesUnixSocketsInEveryKeyThatTakesAUrlButThatOfAServer(String url) {
        for (String yaml : List.of("aws: {endpoints: ['%s']}",
                "gcp: {endpoint: '%s'}", "azure: {endpoint: '%s'}", "sources: [{name: a, url: '%s'}]",
                "webhook: {url: '%s'}",
                "servers: [{name: a, url: 'http://127.0.0.1:1', gauge: {url: '%s', metrics: [a]}}]",
                "models: [{name: a, from: 's3://bucket/prefix', endpoint: '%s'}]")) {
            assertThat(text.problems(yaml.formatted(url), Map.of())).as(yaml)
                    .first()
                    .asString()
                    .contains("\"" + url + "\" is a Unix socket, which only the url of a server may be");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix:///run/vllm.sock", "unix:/run/vllm.sock"})
    void takesAServerOnAUnixSocketAndShowsItInOneForm(String url) {
        ServerSettings server = text
                .valid("servers: [{name: a, url: '" + url + "', gate: {listen: '127.0.0.1:8000'}}]", Map.of())
                .servers()
                .getFirst();

        assertThat(server.url()).hasToString("unix:///run/vllm.sock");
        assertThat(server.gate().orElseThrow().upstream())
                .isEqualTo(UnixDomainSocketAddress.of("/run/vllm.sock"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNIX:///run/vllm.sock", "http+unix://%2Frun%2Fvllm.sock", "https+unix:///run/vllm.sock",
        "http://unix:/run/vllm.sock", "http://unix:/run/vllm.sock:/v1", "http://%2Frun%2Fvllm.sock/v1",
        "http:///run/vllm.sock", "/run/vllm.sock", "unix://run/vllm.sock", "unix:vllm.sock", "unix:///run/",
        "unix:///run/vllm.sock?a", "unix:///run/vllm.sock#/v1"})
    void saysHowAServerOnAUnixSocketIsWritten(String url) {
        assertThat(text.problems("servers: [{name: a, url: '" + url + "'}]", Map.of())).first()
                .asString()
                .contains("is a Unix socket; write it as unix:///run/vllm.sock");
    }

    @Test
    void refusesAUnixSocketThatTheKernelDoesNotTake() {
        assertThat(text.problems("servers: [{name: a, url: 'unix:///" + "x".repeat(107) + "'}]", Map.of())).first()
                .asString()
                .contains("has a path of 108 bytes; the kernel takes 107 for a Unix socket");
    }

    @Test
    void takesAHostCalledUnixAndRefusesAColonWithoutAPort() {
        text.valid("servers: [{name: a, url: 'http://unix/v1'}]", Map.of());
        text.valid("servers: [{name: a, url: 'http://unix-1:80'}]", Map.of());

        assertThat(text.problems("servers: [{name: a, url: 'http://host:/v1'}]", Map.of())).singleElement()
                .asString()
                .contains("has a colon without a port behind it");
    }

    @Test
    void refusesAUrlWithPortZero() {
        assertThat(text.problems("gcp: {endpoint: 'http://127.0.0.1:0'}", Map.of())).singleElement()
                .asString()
                .contains("gcp.endpoint: \"http://127.0.0.1:0\" is no such URL");
    }

    @Test
    void refusesSourcesUnderTheNameOfABuiltInOneOrOfEachOther() {
        for (String name : Names.RESERVED_SOURCES) {
            assertThat(text.problems("sources: [{name: " + name + ", file: /run/going}]", Map.of())).singleElement()
                    .asString()
                    .contains("sources[0].name: " + name + " is the name of a built-in source");
        }
        assertThat(text.problems("sources: [{name: a, file: /x}, {name: a, age: 1h}]", Map.of())).singleElement()
                .asString()
                .contains("there is a source called a already");
    }

    @Test
    void refusesDuplicateKeysNamingBothPlaces() {
        assertThat(text.problems("cloud: aws\ncloud: gcp\n", Map.of())).singleElement()
                .asString()
                .startsWith(
                        "lastcall.yaml:2:1: \"cloud\" occurs here for the second time; the first is in line 1");
    }

    @Test
    void refusesAnchorsAliasesAndTags() {
        assertThat(text.problems("aws: &a { poll: 1s }\ngcp: *a\n", Map.of())).anySatisfy(
                problem -> assertThat(problem).startsWith("lastcall.yaml:1:").contains("anchors and aliases"))
                .anySatisfy(
                        problem -> assertThat(problem).startsWith("lastcall.yaml:2:").contains("anchors and aliases"));
        assertThat(text.problems("cloud: !!javax.script.ScriptEngineManager aws", Map.of())).singleElement()
                .asString()
                .contains("tags");
    }

    @Test
    void refusesAliasBombsQuickly() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 20; i++) {
            String previous = "*a" + (i - 1);
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", Collections.nCopies(9, previous))));
        }

        assertThat(text.problems(bomb.toString(), Map.of())).isNotEmpty()
                .hasSizeLessThanOrEqualTo(
                        ConfigReader.MAX_PROBLEMS + 1);
    }

    @Test
    void refusesTabsNamingThem() {
        assertThat(text.problems("aws:\n\tpoll: 1s\n", Map.of())).singleElement()
                .asString()
                .startsWith("lastcall.yaml:2:")
                .contains("tab");
    }

    @Test
    void refusesWhatIsNotUtf8OrTooLarge() {
        assertThat(text.problems("cloud: \u00e4".getBytes(StandardCharsets.ISO_8859_1), Map.of())).singleElement()
                .asString()
                .contains("not UTF-8");
        assertThat(text.problems(new byte[TreeReader.MAX_FILE_BYTES + 1], Map.of())).singleElement()
                .asString()
                .contains("larger than 256KiB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"- a\n- b\n", "just text", "42", "a: b: c", "{", "[", "cloud: [aws]", "cloud: {a: b}",
        "cloud:",
        "aws: 3", "aws: []", "servers: {}", "servers: [3]", "servers: x", "discovery: {ports: 8000}",
        "discovery: {ports: [[1]]}", "cloud: aws\n---\ncloud: gcp\n", "\"\\x\"", "? [a]\n: b", "%YAML 9.9\n---\na: b",
        "cloud: \"aws\u0007\"", "\u0000", "cloud: 'aws", "a: |\n x\n- y", "aws: {poll: 0s}",
        "aws: {poll: 99999999999s}",
        "api: {listen: '127.0.0.1:99999'}", "api: {socket: relative.sock}", "stateDirectory: 'a\\0b'",
        "servers: [{name: 'a b', url: 'http://127.0.0.1:1'}]", "servers: [{name: a, url: 'ftp://127.0.0.1'}]",
        "servers: [{name: a, url: 'http://u:p@127.0.0.1'}]", "!!set {a, b}", "<<: {cloud: aws}", "*a", "@a", "`a"})
    void refusesWithAPlace(String yaml) {
        assertThat(text.problems(yaml, Map.of())).isNotEmpty()
                .allSatisfy(problem -> assertThat(problem).matches("lastcall\\.yaml:\\d+:\\d+: [^\\p{Cntrl}]+"));
    }

    @Test
    void refusesDeepNesting() {
        assertThat(text.problems("a: " + "[".repeat(2000) + "]".repeat(2000), Map.of())).isNotEmpty();
    }

    @Test
    void hostileTextIsHarmlessInMessages() {
        assertThat(text.problems("cloud: \"\\e[31m\\nEVIL" + "x".repeat(500) + "\"", Map.of())).singleElement()
                .asString()
                .doesNotContain("\u001b")
                .doesNotContain("\n")
                .hasSizeLessThan(250);
    }

    @Test
    void namesAndAddressesMustDiffer() {
        assertThat(text.problems("""
                api: { listen: 127.0.0.1:9808 }
                servers:
                  - { name: a, url: 'http://127.0.0.1:8000', gate: { listen: '0.0.0.0:8000' } }
                  - { name: a, url: 'http://127.0.0.1:8001', gate: { listen: '0.0.0.0:9808' } }
                sources:
                  - { name: x, file: /a }
                  - { name: x, file: /b }
                """, Map.of())).satisfiesExactly(
                problem -> assertThat(problem).startsWith("lastcall.yaml:3:").contains("the gate would call itself"),
                problem -> assertThat(problem).startsWith("lastcall.yaml:4:").contains("there is a server called a"),
                problem -> assertThat(problem).startsWith("lastcall.yaml:4:").contains("is taken by api.listen"),
                problem -> assertThat(problem).startsWith("lastcall.yaml:7:").contains("there is a source called x"));
    }

    @Test
    void onlyOneWayToStopAndOneOriginOfNotices() {
        assertThat(text.problems("""
                servers: [{ name: a, url: 'http://127.0.0.1:8000', stop: { pid: 77, systemd: a.service } }]
                sources: [{ name: x, file: /a, url: 'http://127.0.0.1/' }, { name: y }]
                """, Map.of())).satisfiesExactly(
                problem -> assertThat(problem).contains("only one way to stop").contains("systemd and pid"),
                problem -> assertThat(problem).contains("sources[0]: needs exactly one").contains("url and file"),
                problem -> assertThat(problem).contains("sources[1]: needs exactly one").contains("none"));
    }

    @Test
    void pidFileAloneIsNotTakenForPid() {
        assertThat(text.problems("", Map.of("LASTCALL_SERVERS_0_NAME", "a", "LASTCALL_SERVERS_0_URL",
                "http://127.0.0.1:8000", "LASTCALL_SERVERS_0_STOP_PID_FILE", "/run/a.pid"))).isEmpty();
    }
}
