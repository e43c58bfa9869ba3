// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.verify.Digest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@Timeout(60)
class FetchTest extends FetchRig {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, PART - 1, PART, PART + 1, 5 * PART, 37 * PART + 17})
    void everySizeArrivesWhole(int size) throws Exception {
        byte[] bytes = put("a", size);

        FetchProgress end = run("a");

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        assertThat(end.doneBytes()).isEqualTo(size);
        assertThat(end.receivedBytes()).isEqualTo(size);
        assertThat(server.requests()).noneMatch(request -> request.header("range").contains("--"));
        assertThat(folder.toFile().list()).containsExactly("a");
    }

    @Test
    void everyRangeIsPinnedToTheVersionThatWasListed() throws Exception {
        put("a", 9 * PART);

        run("a");

        assertThat(server.requests().stream().skip(PROBES)).isNotEmpty()
                .allMatch(request -> request.header("if-match").equals("\"v1\""));
    }

    @Test
    void aResetIsContinuedFromTheByteReached() throws Exception {
        byte[] bytes = put("a", PART);
        script(PROBES, new Fault.Reset(PART * 4 / 10));

        FetchProgress end = run("a");

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        assertThat(end.retries()).isEqualTo(1);
        assertThat(end.receivedBytes()).as("no byte counted twice").isEqualTo(bytes.length);
        assertThat(server.requests().getLast().header("range")).matches("bytes=[1-9]\\d*-" + (PART - 1));
    }

    @Test
    void aBodyThatEndsEarlyIsNeverTakenForTheWhole() throws Exception {
        byte[] bytes = put("a", 3 * PART);
        script(PROBES, new Fault.EndsEarly(1000), new Fault.EndsEarly(0), new Fault.EndsEarly(PART));

        run("a");

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
    }

    @Test
    void answersThatContradictTheQuestionAreNeverWritten() throws Exception {
        byte[] bytes = put("a", 2 * PART);
        script(PROBES, new Fault.ShiftedRange(1), new Fault.Longer(3), new Fault.NoContentRange(),
                new Fault.Garbage("SSH-2.0-OpenSSH_9.2\r\n\r\n"), new Fault.ShiftedRange(-1));

        run("a");

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
    }

    @Test
    void aServerThatAlwaysContradictsFailsClearly() throws Exception {
        put("a", 2 * PART);
        Fetch fetch = fetch(SETTINGS, "a");
        server.script(request -> new Fault.ShiftedRange(7));

        FetchException failure = catchThrowableOfType(FetchException.class, fetch::run);

        assertThat(failure.reason()).isEqualTo(FetchException.Reason.STORE);
        assertThat(failure).hasMessageContaining("/m/a").hasMessageContaining("Content-Range");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void oneOddFileCostsTheOthersNothing() throws Exception {
        byte[] first = put("a", 3 * PART);
        put("b", 3 * PART);
        byte[] last = put("c", 3 * PART);
        Fetch fetch = fetch(SETTINGS.withMaxConnections(1), "a", "b", "c");
        server.script(request -> request.target().endsWith("/b")
                ? new Fault.Status(403, List.of(), "")
                : new Fault.None());

        FetchException failure = catchThrowableOfType(FetchException.class, fetch::run);

        assertThat(failure.reason()).isEqualTo(FetchException.Reason.STORE);
        assertThat(failure).hasMessageContaining("/m/b").hasMessageContaining("access refused");
        assertThat(folder.resolve("a")).hasBinaryContent(first);
        assertThat(folder.resolve("c")).hasBinaryContent(last);
        assertThat(folder.resolve("b")).doesNotExist();
    }

    /** The bytes of one file are wrong in the store: the others are had all the same. */
    @Test
    void oneCorruptFileCostsTheOthersNothing() throws Exception {
        byte[] first = put("a", PART);
        put("b", PART);
        byte[] last = put("c", PART);
        server.put("/m/SHA256SUMS",
                (TestBytes.sha256(first).hex() + "  a\n" + "0".repeat(64) + "  b\n").getBytes(StandardCharsets.UTF_8),
                "v1");
        Fetch fetch = fetch(SETTINGS.withMaxConnections(1), "a", "b", "c");

        FetchException failure = catchThrowableOfType(FetchException.class, fetch::run);

        assertThat(failure.reason()).isEqualTo(FetchException.Reason.CORRUPT);
        assertThat(folder.resolve("a")).hasBinaryContent(first);
        assertThat(folder.resolve("c")).hasBinaryContent(last);
        assertThat(folder.resolve("b")).doesNotExist();
    }

    @Test
    void aStoreThatRefusesFileAfterFileIsNotAskedForAll() throws Exception {
        String[] names = IntStream.range(0, 40).mapToObj(i -> "f" + i).toArray(String[]::new);
        for (String name : names) {
            put(name, PART);
        }
        Fetch fetch = fetch(SETTINGS.withMaxConnections(1), names);
        int listed = server.requests().size();
        server.script(request -> new Fault.Status(403, List.of(), ""));

        FetchException failure = catchThrowableOfType(FetchException.class, fetch::run);

        assertThat(failure).hasMessageContaining("access refused");
        assertThat(server.requests().stream().skip(listed).map(ScriptedStore.Request::target).distinct()).hasSize(9);
    }

    /** Whether a model was fetched wholly after its listing decides whether its store is asked again before it is published. */
    @Test
    void whatIsInPlaceIsCountedOfEachFileHoweverSoonItIsPublished() throws Exception {
        String[] names = IntStream.range(0, 100).mapToObj(i -> "f" + i).toArray(String[]::new);
        for (String name : names) {
            byte[] bytes = put(name, 2 * PART);
            leavePartial(name, bytes);
        }

        FetchProgress end = run(names);

        assertThat(end.resumedBytes()).isEqualTo(100L * 2 * PART);
        assertThat(end.receivedBytes()).isZero();
    }

    /** What a process leaves that is killed before it can publish a whole file. */
    private void leavePartial(String name, byte[] bytes) throws Exception {
        RemoteFile file = store(name).list(Selection.ALL).files().getFirst();
        try (PartialFile partial = PartialFile.open(folder.resolve(name + ".part"), file, PART, BootId.current(),
                WriteMode.CACHED)) {
            for (int part = 0; part < 2; part++) {
                write(partial, part, bytes, file.bestDigest().map(Digest::kind));
            }
        }
    }

    @Test
    void aServerThatStopsServingRangesIsReadOnceAsOneStream() throws Exception {
        byte[] bytes = put("a", 6 * PART);
        Fetch fetch = fetch(SETTINGS, "a");
        server.put("/m/a", new ScriptedStore.Content(ScriptedStore.of(bytes), "\"v1\"", List.of(), false));

        fetch.run();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        // Of requests that were given up the server may write some down late: the last one need not be the stream.
        assertThat(server.requests()).filteredOn(request -> request.target().equals("/m/a"))
                .filteredOn(request -> request.header("range").isEmpty())
                .hasSize(1);
    }

    @Test
    void aServerWithoutRangesIsReadAsOneStreamAndAgainWhenItBreaks() throws Exception {
        byte[] bytes = TestBytes.random(5 * PART, 1);
        server.put("/m/a", new ScriptedStore.Content(ScriptedStore.of(bytes), "", List.of(), false));
        script(PROBES, new Fault.EndsEarly(3 * PART));

        run("a");

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
    }

    @Test
    void aFileThatChangesEndsTheFetchSinceOnlyANewListingSaysWhatBelongsTogether() throws Exception {
        put("a", 20 * PART);
        byte[] later = TestBytes.random(18 * PART + 5, 99);
        AtomicInteger served = new AtomicInteger();
        server.script(request -> {
            if (!request.isProbe() && served.incrementAndGet() == 3) {
                server.put("/m/a", later, "v2");
            }
            return new Fault.None();
        });

        FetchException failure = catchThrowableOfType(FetchException.class, () -> run("a"));

        assertThat(failure.reason()).isEqualTo(FetchException.Reason.CHANGED);
        assertThat(failure).hasMessageContaining("/m/a").hasMessageContaining("changed");
        assertThat(folder.resolve("a")).doesNotExist();
    }

    /** The digest belongs to the listing, and the store does not keep to the version that was asked for. */
    @Test
    void aFileReplacedWhereTheStoreIgnoresThePinIsNotBlamedOnItsDigest() throws Exception {
        byte[] bytes = TestBytes.random(4 * PART, 1);
        server.put("/m/a", new ScriptedStore.Content(ScriptedStore.of(bytes), "", List.of(), true));
        server.put("/m/SHA256SUMS", (TestBytes.sha256(bytes).hex() + "  a\n").getBytes(StandardCharsets.UTF_8), "s");
        Fetch fetch = fetch(SETTINGS, "a");
        byte[] later = TestBytes.random(4 * PART, 2);
        server.put("/m/a", new ScriptedStore.Content(ScriptedStore.of(later), "", List.of(), true));
        server.put("/m/SHA256SUMS", (TestBytes.sha256(later).hex() + "  a\n").getBytes(StandardCharsets.UTF_8), "s2");

        FetchException failure = catchThrowableOfType(FetchException.class, fetch::run);

        assertThat(failure.reason()).isEqualTo(FetchException.Reason.CHANGED);
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void aStoreThatStaysOverloadedFailsWithItsLastWordAndKeepsTheJournal() throws Exception {
        put("a", 8 * PART);
        Fetch fetch = fetch(SETTINGS.withPatience(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofSeconds(1)),
                "a");
        AtomicInteger turn = new AtomicInteger();
        server.script(request -> turn.incrementAndGet() > 2
                ? new Fault.Status(503, List.of(), "SlowDown")
                : new Fault.None());

        FetchException failure = catchThrowableOfType(FetchException.class, fetch::run);

        assertThat(failure).hasMessageContaining("503").hasMessageContaining("/m/a");
        assertThat(folder.resolve("a.part.journal")).exists();
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void bytesThatAreWrongAreFetchedAgainOnceAndNeverPublished() throws Exception {
        byte[] bytes = put("a", 4 * PART);
        server.put("/m/SHA256SUMS", (TestBytes.sha256(bytes).hex() + "  a\n").getBytes(StandardCharsets.UTF_8), "s");
        Fetch fetch = fetch(SETTINGS, "a");
        AtomicInteger flips = new AtomicInteger();
        server.script(request -> flips.getAndIncrement() == 0 ? new Fault.Flipped(77) : new Fault.None());

        fetch.run();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
    }

    /** A store that does not hold to the condition: only the digest shows that another object came. */
    @Test
    void anObjectReplacedInMidFetchIsLookedAtAgainBeforeItsBytesAreCalledWrong() throws Exception {
        byte[] before = put("a", 12 * PART);
        server.put("/m/SHA256SUMS", (TestBytes.sha256(before).hex() + "  a\n").getBytes(StandardCharsets.UTF_8), "s");
        byte[] later = TestBytes.random(12 * PART, 97);
        Fetch fetch = fetch(SETTINGS, "a");
        AtomicInteger served = new AtomicInteger();
        server.script(request -> {
            if (!request.isProbe() && served.incrementAndGet() == 3) {
                server.put("/m/a", later, "v1");
                server.put("/m/SHA256SUMS", (TestBytes.sha256(later).hex() + "  a\n")
                        .getBytes(StandardCharsets.UTF_8), "s");
            }
            return new Fault.None();
        });

        fetch.run();

        assertThat(folder.resolve("a")).hasBinaryContent(later);
    }

    /** A slow upload is seen in several states. */
    @Test
    void bytesThatAreWrongTwiceFailAndNameBothDigests() throws Exception {
        byte[] bytes = put("a", 4 * PART);
        server.put("/m/SHA256SUMS", (TestBytes.sha256(bytes).hex() + "  a\n").getBytes(StandardCharsets.UTF_8), "s");
        Fetch fetch = fetch(SETTINGS, "a");
        server.script(request -> new Fault.Flipped(77));

        FetchException failure = catchThrowableOfType(FetchException.class, fetch::run);

        assertThat(failure.reason()).isEqualTo(FetchException.Reason.CORRUPT);
        assertThat(failure).hasMessageContaining(TestBytes.sha256(bytes).hex());
        assertThat(folder.resolve("a")).doesNotExist();
    }

    @Test
    void whatWasDoneBeforeIsNotFetchedAgain() throws Exception {
        byte[] bytes = put("a", 20 * PART);
        AtomicInteger served = new AtomicInteger();
        Fetch first = fetch(SETTINGS, "a");
        server.script(
                request -> served.incrementAndGet() > 5 ? new Fault.Status(403, List.of(), "no") : new Fault.None());
        var _ = catchThrowableOfType(FetchException.class, first::run);
        server.script(request -> new Fault.None());
        long before = server.bytesServed();
        FetchProgress end = fetch(SETTINGS, "a").run();

        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
        assertThat(end.resumedBytes()).isPositive();
        // What the server had sent of the end of a run when another connection took it over counts here too.
        assertThat(server.bytesServed() - before).isLessThan(bytes.length - end.resumedBytes() + 3L * PART);
    }

    @Test
    void aPartialFileOfAnotherVersionIsDropped() throws Exception {
        put("a", 20 * PART);
        AtomicInteger served = new AtomicInteger();
        Fetch first = fetch(SETTINGS, "a");
        server.script(
                request -> served.incrementAndGet() > 5 ? new Fault.Status(403, List.of(), "no") : new Fault.None());
        var _ = catchThrowableOfType(FetchException.class, first::run);
        byte[] later = TestBytes.random(20 * PART, 5);
        server.script(request -> new Fault.None()).put("/m/a", later, "v2");

        FetchProgress end = fetch(SETTINGS, "a").run();

        assertThat(end.resumedBytes()).isZero();
        assertThat(folder.resolve("a")).hasBinaryContent(later);
    }

    @Test
    void cancellingStopsWithinASecondAndCanBeResumed() throws Exception {
        byte[] bytes = put("a", 64 * PART);
        Fetch fetch = fetch(SETTINGS, "a");
        server.script(request -> new Fault.Slow(4L * PART));
        Thread canceller = Thread.ofVirtual().start(() -> {
            Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> fetch.progress().doneBytes() > 4L * PART);
            fetch.cancel();
        });

        FetchException failure = catchThrowableOfType(FetchException.class, fetch::run);
        canceller.join();

        assertThat(failure.reason()).isEqualTo(FetchException.Reason.CANCELLED);
        server.script(request -> new Fault.None());
        fetch(SETTINGS, "a").run();
        assertThat(folder.resolve("a")).hasBinaryContent(bytes);
    }

    @Test
    void manyFilesArriveInReadingOrderOfTheirRequests() throws Exception {
        String[] names = {"model-00010.safetensors", "model-00009.safetensors", "tokenizer.json", "config.json",
            "model.safetensors.index.json"};
        for (String name : names) {
            put(name, 3 * PART);
        }

        // Workers on neighbours are not ordered among themselves, so there is one.
        fetch(SETTINGS.withMaxConnections(1), names).run();

        List<String> targets = server.requests()
                .stream()
                .filter(request -> !request.header("if-match").isEmpty())
                .map(ScriptedStore.Request::target)
                .distinct()
                .toList();
        assertThat(targets.getFirst()).isEqualTo("/m/config.json");
        assertThat(targets.subList(3, 5)).containsExactly("/m/model-00009.safetensors", "/m/model-00010.safetensors");
    }
}
