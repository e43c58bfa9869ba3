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

/** The models of a whole agent, from a web server that counts what it gives. */
@Timeout(180)
class WebModelsTest {

    private static final int MIB = 1 << 20;
    private static final String PARTS = ", partSize: 1MiB, maxConnections: 2";

    @TempDir
    Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final WebStore store = new WebStore();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
        store.close();
    }

    @Test
    void theHighestPriorityIsFetchedFirstAndEqualOnesInTheOrderOfTheFile() {
        Agent agent = start("""
                models:
                  - {name: low, from: "%s", priority: -1}
                  - {name: first, from: "%s"}
                  - {name: second, from: "%s"}
                  - {name: high, from: "%s", priority: 10}
                """.formatted(store.put("low", MIB), store.put("first", MIB), store.put("second", MIB),
                store.put("high", MIB)) + cache(""));

        soon().until(() -> Files.exists(markers().resolve("_all")));

        assertThat(store.order()).containsExactly("high", "first", "second", "low");
        assertThat(count(models(agent), "\"state\":\"warm\"")).isEqualTo(4);
    }

    @Test
    void aModelWhoseStoreComesBackDoesNotWaitForTheDownloadOfALesserOne() throws IOException {
        WebStore late = opened(new WebStore());
        late.refuse(503);
        store.slow(MIB / 16);
        Agent agent = start("""
                models:
                  - {name: low, from: "%s", priority: -1}
                  - {name: high, from: "%s"}
                """.formatted(store.put("low", 8 * MIB), late.put("high", MIB)) + cache(PARTS));
        soon().until(() -> store.bytesServed() > 0);

        late.refuse(0);

        soon().until(() -> Files.exists(markers().resolve("high")));
        assertThat(warm("high")).hasBinaryContent(late.content("high"));
        assertThat(models(agent)).contains("\"state\":\"warming\"");
        store.slow(Long.MAX_VALUE);
        soon().until(() -> Files.exists(markers().resolve("_all")));
    }

    @Test
    void aNoticeInMidDownloadStopsItAndNothingIsFetchedTwice() throws IOException {
        Agent agent = start(big(16) + cache(PARTS));
        store.slow(4L * MIB);
        soon().until(() -> store.bytesServed() > 3L * MIB);

        Ask.post(socket(), "/v1/drain", "{\"window\":\"100s\"}");

        soon().until(() -> models(agent).contains("\"state\":\"stopped\""));
        long atTheStop = store.bytesServed();
        Awaitility.await()
                .during(ofSeconds(2))
                .atMost(ofSeconds(20))
                .until(() -> store.bytesServed() <= atTheStop + 2L * MIB);
        store.slow(Long.MAX_VALUE);
        Ask.post(socket(), "/v1/undrain", "");
        soon().until(() -> models(agent).contains("\"state\":\"warm\""));
        assertThat(warm("big")).hasBinaryContent(store.content("big"));
        // What was on its way on each connection when it stopped, and the look at the object, come on top.
        assertThat(store.bytesServed()).isLessThan(16L * MIB + 4L * MIB);
    }

    @Test
    void anAgentThatIsKilledInMidDownloadGoesOnFromThere() throws Exception {
        AgentText text = text(big(24) + cache(PARTS));
        store.slow(4L * MIB);
        AgentProcess first = opened(AgentProcess.run(text.write())).ready();
        soon().until(() -> store.bytesServed() > 12L * MIB);

        first.kill();

        assertThat(markers().resolve("big")).doesNotExist();
        assertThat(directory.resolve("cache/big")).doesNotExist();
        long before = store.bytesServed();
        store.slow(Long.MAX_VALUE);
        opened(AgentProcess.run(text.write())).ready();
        soon().until(() -> Files.exists(markers().resolve("_all")));
        assertThat(warm("big")).hasBinaryContent(store.content("big"));
        assertThat(store.bytesServed() - before).as("only what the kill cost is fetched again").isLessThan(18L * MIB);
    }

    @Test
    void aModelInTheCacheIsWarmThoughItsStoreIsAwayAndIsAskedForLater() throws Exception {
        String lines = big(2) + cache(PARTS);
        Agent first = start(lines);
        soon().until(() -> models(first).contains("\"state\":\"warm\""));
        first.close();
        store.refuse(503);

        Agent second = start(lines);

        soon().until(() -> models(second).contains("\"state\":\"warm\""));
        soon().until(() -> models(second).contains("its store could not be asked"));
        assertThat(models(second)).contains("503", "\"bytesDone\":" + 2 * MIB);
        assertThat(Files.readString(markers().resolve("big")).strip())
                .isEqualTo(directory.resolve("cache/big").toString());
        assertThat(Ask.get(second.apiPort(), "/metrics").body()).contains("lastcall_model_warm{model=\"big\"} 1.0",
                "lastcall_cache_evictions_total 0.0", "lastcall_cache_evicted_bytes_total 0.0");
        store.refuse(0);
        soon().until(() -> !models(second).contains("could not be asked"));
        assertThat(models(second)).contains("\"state\":\"warm\"");
        assertThat(store.bytesServed()).as("nothing was fetched again").isLessThan(3L * MIB);
    }

    /** No time-out of a question has passed by then. */
    @Test
    void aSilentStoreKeepsNeitherItsOwnModelNorAnotherWaiting() throws Exception {
        String one = "models:\n  - {name: big, from: \"" + store.put("big", MIB) + "\", priority: 5}\n";
        Agent first = start(one + cache(PARTS));
        soon().until(() -> models(first).contains("\"state\":\"warm\""));
        first.close();
        store.fallSilent();
        WebStore other = opened(new WebStore());
        WebStore silent = opened(new WebStore());
        silent.fallSilent();

        Agent second = start(one + "  - {name: mute, from: \"" + silent.put("mute", MIB)
                + "\", priority: 9}\n  - {name: other, from: \"" + other.put("other", MIB) + "\"}\n" + cache(PARTS));

        Awaitility.await().atMost(ofSeconds(25)).until(() -> count(models(second), "\"state\":\"warm\"") == 2);
        assertThat(models(second)).contains("its store is being asked");
        assertThat(markers().resolve("big")).exists();
        assertThat(markers().resolve("other")).exists();
        assertThat(markers().resolve("mute")).doesNotExist();
    }

    @Test
    void aFetchOfWhichNoByteComesKeepsNoOtherWaiting() throws IOException {
        WebStore stalling = opened(new WebStore());
        stalling.slow(1L << 10);
        String from = stalling.put("stalls", 4 * MIB);
        Agent agent = start(
                "models:\n  - {name: stalls, from: \"" + from + "\", priority: 5}\n  - {name: other, from: \""
                        + store.put("other", MIB) + "\"}\n" + cache(PARTS));
        soon().until(() -> stalling.bytesServed() > 0);
        stalling.fallSilent();
        stalling.slow(1);

        soon().until(() -> Files.exists(markers().resolve("other")));

        assertThat(models(agent)).contains("\"state\":\"warming\"");
    }

    @Test
    void theMarkerOfAModelThatAnotherProcessForgotGoes() throws Exception {
        Agent agent = start(big(1) + cache(PARTS));
        soon().until(() -> Files.exists(markers().resolve("big")));
        long before = store.bytesServed();

        Files.delete(directory.resolve("cache/big"));

        soon().until(() -> Files.exists(directory.resolve("cache/big")));
        soon().until(() -> Files.exists(markers().resolve("big")));
        assertThat(models(agent)).contains("\"state\":\"warm\"");
        assertThat(store.bytesServed() - before).as("its bytes were there").isLessThan(MIB);
    }

    @Test
    void aStoreThatComesBackWarmsWhatWaitedForIt() throws IOException {
        store.refuse(503);
        Agent agent = start(big(1) + cache(PARTS));
        soon().until(() -> models(agent).contains("\"state\":\"retrying\""));

        store.refuse(0);

        soon().until(() -> models(agent).contains("\"state\":\"warm\""));
        assertThat(warm("big")).hasBinaryContent(store.content("big"));
    }

    @Test
    void withoutModelsNothingOfTheWarmUpIsLoaded() throws Exception {
        Path classes = directory.resolve("classes.txt");
        opened(AgentProcess.run(AgentText.in(directory).write(), "-Xlog:class+load:file=" + classes)).ready();

        // Without any model only what takes secrets out of text is used, and the reader knows the types of its settings.
        assertThat(classes).content()
                .contains("dev.lastcall.agent.Agent ")
                .doesNotContainPattern("dev\\.lastcall\\.warmup\\.(?!text\\.SafeText\\b|cache\\.CacheLimits\\b"
                        + "|fetch\\.(FetchSettings|PageCache)\\b|WarmupRequest\\$Verify\\b|store\\.s3\\.S3Settings\\$Addressing\\b)")
                .doesNotContain("dev.lastcall.agent.models.Models ", "dev.lastcall.agent.models.ModelJob ");
    }

    @Test
    void theCommandSendsWhatItsFileOrTheEnvironmentHoldsAndShowsItNowhere() throws IOException {
        String from = store.put("guarded", MIB);
        store.demand("Bearer secret-7");
        Path file = Files.writeString(directory.resolve("token"), "Bearer secret-7\n");

        Run without = run(Map.of(), "warm", from, dest("none"));
        Run byFile = run(Map.of(), "warm", from, dest("file"), "--authorization-file", file.toString());
        Run byVariable = run(Map.of("LASTCALL_AUTHORIZATION", "Bearer secret-7"), "warm", from, dest("variable"),
                "--json");
        Run wrong = run(Map.of("LASTCALL_AUTHORIZATION", "Bearer secret-7\nX: y"), "warm", from, dest("wrong"));
        Run absent = run(Map.of(), "warm", from, dest("wrong"), "--authorization-file", "/nowhere/token");

        assertThat(without.code()).isEqualTo(1);
        assertThat(without.text()).contains("401");
        assertThat(List.of(byFile, byVariable)).allSatisfy(run -> assertThat(run.code()).isZero());
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(absent.code()).isEqualTo(2);
        assertThat(absent.text()).contains("/nowhere/token");
        assertThat(List.of(without, byFile, byVariable, wrong, absent))
                .allSatisfy(run -> assertThat(run.text()).doesNotContain("secret-7"));
        assertThat(Path.of(dest("file"), "model.bin")).hasBinaryContent(store.content("guarded"));
    }

    @Test
    void theCommandSaysThatTheStoreCouldNotBeAsked() throws IOException {
        String from = store.put("m", MIB);
        assertThat(run(Map.of(), "warm", from, dest("m")).code()).isZero();
        store.refuse(503);

        Run again = run(Map.of(), "warm", from, dest("m"));
        Run document = run(Map.of(), "warm", from, dest("m"), "--json");

        assertThat(again.code()).isZero();
        assertThat(again.text()).contains("is warm in", "the store could not be asked", "503");
        assertThat(document.text()).contains("\"storeAsked\":false", "503");
    }

    private record Run(int code, String text) {}

    private static Run run(Map<String, String> environment, String... args) {
        StringWriter written = new StringWriter();
        PrintWriter both = new PrintWriter(written, true);
        Terminal terminal = new Terminal(both, both, environment, false, 120);
        int code = new Cli(terminal, (config, lastWord) -> ExitCode.OK)
                .add("warm", () -> new WarmCommand(terminal, Optional::empty, NodeClock.system()))
                .run(args);
        return new Run(code, written.toString());
    }

    private String dest(String name) {
        return directory.resolve("dest-" + name).toString();
    }

    private String big(int mib) {
        return "models: [{name: big, from: \"" + store.put("big", mib * MIB) + "\"}]\n";
    }

    private String cache(String more) {
        return "cache: {path: " + directory.resolve("cache") + ", markers: " + markers()
                + ", reserve: 0B, quota: none, pageCache: keep" + more + "}";
    }

    private AgentText text(String lines) {
        return AgentText.in(directory).notices("cloud: none\n" + lines);
    }

    private Agent start(String lines) {
        return opened(Agents.start(text(lines), NodeClock.system()));
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }

    private Path markers() {
        return directory.resolve("markers");
    }

    private Path warm(String model) {
        return directory.resolve("cache").resolve(model).resolve("model.bin");
    }

    private Path socket() {
        return AgentText.in(directory).controlSocket();
    }

    private static String models(Agent agent) {
        return Ask.get(agent.apiPort(), "/v1/models").body();
    }

    private static int count(String text, String part) {
        return text.split(part, -1).length - 1;
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(ofSeconds(90)).pollInterval(Duration.ofMillis(20));
    }
}
