// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.web;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.lastcall.warmup.Destination;
import dev.lastcall.warmup.Warmup;
import dev.lastcall.warmup.WarmupRequest;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.fetch.Fetch;
import dev.lastcall.warmup.fetch.FetchException;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.fetch.FetchTask;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.Selection;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** What servers answer in forms of their own, and still mean the bytes that were asked for; and what only looks like it. */
@Timeout(60)
class AnswerFormsTest {

    private static final int PART = 64 << 10;
    private static final int CONNECTIONS = 4;
    private static final FetchSettings SETTINGS = FetchSettings.defaults()
            .withPartBytes(PART)
            .withMaxConnections(CONNECTIONS)
            .withPatience(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(15));

    @AutoClose
    private static final Network NETWORK = Network.create();

    @TempDir
    Path folder;

    @AutoClose
    private final ScriptedStore server = new ScriptedStore();
    private final byte[] bytes = TestBytes.random(12 * PART + 5, 3);

    private void fetch() throws Exception {
        WebStore store = new WebStore(server.address("/m/"), List.of("a"), Map.of(), NETWORK);
        List<FetchTask> tasks = new ArrayList<>();
        store.list(Selection.ALL).files().forEach(file -> tasks.add(new FetchTask(file, folder.resolve("a.part"))));
        new Fetch(store, tasks, (file, partial) -> Files.move(partial, folder.resolve("a"),
                StandardCopyOption.ATOMIC_MOVE), SETTINGS, new Bandwidth(Bandwidth.UNLIMITED)).run();
    }

    private void always(Fault fault) {
        server.script(request -> request.isProbe() ? new Fault.None() : fault);
    }

    private void everyThird(Fault fault) {
        AtomicInteger turn = new AtomicInteger();
        server.script(request -> !request.isProbe() && turn.incrementAndGet() % 3 == 0 ? fault : new Fault.None());
    }

    static Stream<Fault> otherForms() {
        return Stream.of(new Fault.Unframed(true, 0), new Fault.Unframed(false, 0), new Fault.RangeAs200(),
                new Fault.Tag("W/\"v1\""));
    }

    @ParameterizedTest
    @MethodSource("otherForms")
    void anAnswerInItsOwnFormIsTaken(Fault form) throws Exception {
        server.put("/m/a", bytes, "v1");
        always(form);

        fetch();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        // Where a free connection takes over the rest of another's run, the server may have sent a part of it already.
        assertThat(server.bytesServed()).as("nothing is asked for twice")
                .isLessThanOrEqualTo(bytes.length + (long) CONNECTIONS * PART);
    }

    static Stream<Fault> contradictions() {
        return Stream.of(new Fault.OtherTotal(7), new Fault.OtherTotal(-3), new Fault.Unframed(true, 5),
                new Fault.Unframed(false, 5), new Fault.ShiftedRange(1));
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    void anAnswerThatContradictsItselfIsAskedForAgain(Fault contradiction) throws Exception {
        server.put("/m/a", bytes, "v1");
        everyThird(contradiction);

        fetch();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWholeBodyWithoutALengthThatIsLongerThanListedIsAChange(boolean isChunked) throws Exception {
        server.put("/m/a", new ScriptedStore.Content(ScriptedStore.of(bytes), "", List.of(), false));
        server.script(request -> request.header("range").equals("bytes=0-0")
                ? new Fault.None()
                : new Fault.Unframed(isChunked, 9));

        FetchException failure = catchThrowableOfType(FetchException.class, this::fetch);

        assertThat(failure).hasMessageContaining("longer than what was asked for");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void aWholeBodyWithoutALengthIsCounted() throws Exception {
        server.put("/m/a", new ScriptedStore.Content(ScriptedStore.of(bytes), "", List.of(), false));
        server.script(request -> request.header("range").equals("bytes=0-0")
                ? new Fault.None()
                : new Fault.Unframed(true, 0));

        fetch();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
    }

    /** Two servers of one site, each with tags of its own: what vouches for the bytes decides. */
    @Test
    void aDigestThatVouchesBeatsATag() throws Exception {
        server.put("/m/a", bytes, "v1");
        server.put("/m/SHA256SUMS", (TestBytes.sha256(bytes).hex() + "  a\n").getBytes(StandardCharsets.UTF_8), "s");
        everyThird(new Fault.Tag("\"of the other server\""));

        fetch();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        assertThat(server.bytesServed()).as("what is there is kept").isLessThan(2L * bytes.length);
    }

    @Test
    void anotherTagWithoutADigestIsAnotherVersion() throws Exception {
        server.put("/m/a", bytes, "v1");
        byte[] later = TestBytes.random(bytes.length, 4);
        AtomicInteger turn = new AtomicInteger();
        server.script(request -> {
            if (!request.isProbe() && turn.incrementAndGet() == 4) {
                server.put("/m/a", later, "v2");
            }
            // The condition is ignored: only the tag of the answer shows it.
            return turn.get() < 4 ? new Fault.None() : new Fault.Tag("\"v2\"");
        });

        FetchException failure = catchThrowableOfType(FetchException.class, this::fetch);

        assertThat(failure.reason()).isEqualTo(FetchException.Reason.CHANGED);
        assertThat(folder.resolve("a")).doesNotExist();
    }

    /** Two servers of one site with tags of their own, and nothing else to tell them by: one answer holds together. */
    @Test
    void aSiteWhoseServersNameOneVersionDifferentlyIsReadAsOneStream() throws Exception {
        server.put("/m/a", bytes, "v1");
        AtomicInteger turn = new AtomicInteger();
        server.script(request -> {
            String tag = turn.incrementAndGet() % 2 == 0 ? "\"of one\"" : "\"of the other\"";
            String condition = request.header("if-match");
            return condition.isEmpty() || condition.equals(tag)
                    ? new Fault.Tag(tag)
                    : new Fault.Status(412, List.of(), "");
        });
        WebStore store = new WebStore(server.address("/m/"), List.of("a"), Map.of(), NETWORK);
        Path plain = folder.resolve("model");

        new Warmup(store, new Destination.Folder(plain), WarmupRequest.of("m").withSettings(SETTINGS),
                new Bandwidth(Bandwidth.UNLIMITED)).run();

        assertThat(plain.resolve("a")).hasBinaryContent(bytes);
    }
}
