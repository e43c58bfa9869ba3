// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class StateFileTest {

    private static final String BOOT = "0f6ab1f0-1111-2222-3333-444444444444";
    private static final String OTHER_BOOT = "0f6ab1f0-1111-2222-3333-555555555555";

    @TempDir
    Path directory;

    private static SavedState state() {
        return new SavedState(SavedState.VERSION, BOOT, new NoticeKey("azure", NoticeKind.PREEMPTION, "id-1"),
                "Preempt", Instant.parse("2026-11-24T10:00:00Z"), 1000, 31_000,
                List.of(new SavedDrain("llama", "stopping", 1000, 31_000, 6000, 21_000, 24_000, 28_000, "cut", true)));
    }

    private StateFile file() {
        return new StateFile(directory.resolve("deeper"));
    }

    @Test
    void givesBackWhatWasSaved() throws IOException {
        file().save(state());
        file().save(state());

        assertThat(file().load(BOOT)).isEqualTo(new StateFile.Loaded.Found(state()));
        assertThat(directory.resolve("deeper")).isDirectoryContaining(path -> path.endsWith(StateFile.NAME))
                .isDirectoryNotContaining(path -> path.endsWith(StateFile.NAME + ".tmp"));
    }

    /** Of an agent that was there before an upgrade in mid-drain. */
    @Test
    void readsWhatAnotherVersionWrote() throws IOException {
        Files.createDirectories(directory.resolve("deeper"));
        Files.writeString(directory.resolve("deeper").resolve(StateFile.NAME),
                """
                        {"bootId":"%s","deadline":31000,"description":"Preempt","detected":1000,
                        "detectedAt":"2026-11-24T10:00:00Z","drains":[{"cutAt":21000,"deadlineAt":31000,"killAt":28000,
                        "later":[{}],"outcome":"cut","phase":"stopping","server":"llama","settledAt":6000,"startAt":1000,
                        "stopAt":24000,"stopSent":true}],
                        "notice":{"eventId":"id-1","kind":"PREEMPTION","source":"azure"},"version":2,"unknown":{"a":[1.5]}}
                        """
                        .formatted(BOOT));

        assertThat(file().load(BOOT)).isEqualTo(new StateFile.Loaded.Found(state()));
    }

    @Test
    void isNoneBeforeAndAfter() throws IOException {
        assertThat(file().load(BOOT)).isEqualTo(new StateFile.Loaded.None());
        file().clear();
        file().save(state());
        file().clear();
        assertThat(file().load(BOOT)).isEqualTo(new StateFile.Loaded.None());
    }

    @Test
    void discardsStateOfAnEarlierBoot() throws IOException {
        file().save(state());

        assertThat(file().load(OTHER_BOOT)).isInstanceOfSatisfying(StateFile.Loaded.Discarded.class,
                discarded -> assertThat(discarded.reason()).contains("earlier boot"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{}", "[]", "7", "{\"version\":1", "\0\0\0", "{\"version\":1,\"bootId\":null}",
        "{\"version\":1,\"drains\":[null]}", "{\"version\":\"x\"}", "<html>",
        "{\"version\":1,\"bootId\":\"0f6ab1f0-1111-2222-3333-444444444444\",\"drains\":[]}"})
    void discardsGarbage(String garbage) throws IOException {
        Files.createDirectories(directory.resolve("deeper"));
        Files.writeString(directory.resolve("deeper").resolve(StateFile.NAME), garbage);

        assertThat(file().load(BOOT)).isInstanceOf(StateFile.Loaded.Discarded.class);
    }

    @Test
    void believesNoStateThatAnotherUserCouldHavePut() throws IOException {
        file().save(state());
        Files.setPosixFilePermissions(directory.resolve("deeper"), PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(file().load(BOOT)).isInstanceOfSatisfying(StateFile.Loaded.Discarded.class,
                discarded -> assertThat(discarded.reason()).contains("not believed", "every user may put files"));
        assertThatIOException().isThrownBy(() -> file().save(state()));
    }

    @Test
    void writesThroughNoLinkAndForNoOtherUser() throws IOException {
        Path victim = Files.writeString(directory.resolve("victim"), "precious");
        Path deeper = Files.createDirectories(directory.resolve("deeper"));
        Files.createSymbolicLink(deeper.resolve(StateFile.NAME + ".tmp"), victim);

        file().save(state());

        assertThat(victim).hasContent("precious");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(deeper.resolve(StateFile.NAME))))
                .isEqualTo("rw-------");
    }

    @Test
    void discardsWhatIsTooLarge() throws IOException {
        Files.createDirectories(directory.resolve("deeper"));
        Files.write(directory.resolve("deeper").resolve(StateFile.NAME), new byte[300 * 1024]);

        assertThat(file().load(BOOT)).isInstanceOfSatisfying(StateFile.Loaded.Discarded.class,
                discarded -> assertThat(discarded.reason()).contains("larger"));
    }

    @Property(tries = 40)
    void isNeitherFoundNorThrownOverWhenCutShort(@ForAll byte seed) throws IOException {
        Path cutShort = Files.createTempDirectory("state");
        var file = new StateFile(cutShort);
        file.save(state());
        byte[] whole = Files.readAllBytes(cutShort.resolve(StateFile.NAME));
        int length = Math.floorMod(seed * 31, whole.length);
        Files.write(cutShort.resolve(StateFile.NAME), Arrays.copyOf(whole, length));

        assertThat(file.load(BOOT)).isInstanceOf(StateFile.Loaded.Discarded.class);
        Files.delete(cutShort.resolve(StateFile.NAME));
        Files.delete(cutShort);
    }

    @Test
    void readsTheBootClockOfTheKernel() throws IOException {
        Files.createDirectories(directory.resolve("sys/kernel/random"));
        Files.writeString(directory.resolve("sys/kernel/random/boot_id"), BOOT + "\n");
        Files.writeString(directory.resolve("uptime"), "12345.67 99999.99\n");
        NodeClock clock = NodeClock.system();
        long now = clock.nanoTime();

        BootClock boot = BootClock.read(directory, clock);

        assertThat(boot.bootId()).isEqualTo(BOOT);
        assertThat(boot.uptimeMillis(now)).isBetween(12_345_670L - 1000, 12_345_670L);
        assertThat(boot.nanoTime(boot.uptimeMillis(now)) - now).isBetween(-1_000_000L, 0L);
    }

    @Test
    void refusesOtherFilesThanTheKernels() throws IOException {
        Files.createDirectories(directory.resolve("sys/kernel/random"));
        Files.writeString(directory.resolve("sys/kernel/random/boot_id"), "../../etc\n");
        Files.writeString(directory.resolve("uptime"), "soon\n");

        assertThatThrownBy(() -> BootClock.read(directory, NodeClock.system())).isInstanceOf(IOException.class)
                .hasMessageContaining("boot id");
    }

    @Test
    void writesWhatIsKnownOfADrain() {
        var drained = new DrainRecord("llama", "generic", NoticeKey.of("operator", NoticeKind.OPERATOR), "by \"hand\"",
                Instant.EPOCH, 30_000, 1, 2L, null, null, null, 0L, null, null, null, null,
                Instant.EPOCH.plusMillis(1500), Instant.EPOCH, -5, "drained", false, true,
                new RequestCounter.Late(4, 3, 1, 0), List.of("one", "two"));

        assertThat(DrainStoreJson.write(drained)).isEqualTo("""
                {"server":"llama","kind":"generic","notice":{"source":"operator","kind":"OPERATOR","eventId":""},\
                "description":"by \\"hand\\"","detectedAt":"1970-01-01T00:00:00Z","timeLeftMillis":30000,\
                "inFlightAtNotice":1,"admitted":2,"lost":0,"stopSentAt":"1970-01-01T00:00:01.500Z",\
                "stoppedAt":"1970-01-01T00:00:00Z","unusedMillis":-5,"outcome":"drained","killed":false,"dryRun":true,\
                "late":{"admitted":4,"completed":3,"cut":1,"lost":0},"problems":["one","two"]}""");
    }

    @Test
    void rotatesRecords() throws IOException {
        var records = new RecordFile(directory);
        var drained = new DrainRecord("llama", "generic", NoticeKey.of("operator", NoticeKind.OPERATOR),
                "x".repeat(150_000), Instant.EPOCH, 30_000, 1, null, null, null, 0L, null, null, null, null, null,
                null, Instant.EPOCH, 5,
                "drained", false, false, RequestCounter.Late.NONE, List.of());
        for (int i = 0; i < 9; i++) {
            records.append(drained);
        }

        assertThat(Files.size(directory.resolve(RecordFile.NAME))).isLessThan(RecordFile.MAX_BYTES);
        assertThat(directory.resolve(RecordFile.OLD_NAME)).content().hasLineCount(6).doesNotContain("refused");
        assertThat(directory.resolve(RecordFile.NAME)).content().hasLineCount(3);
    }

    @Test
    void readsRecordsBackOldestFirstAndPassesOverWhatIsNone() throws IOException {
        var records = new RecordFile(directory);
        assertThat(records.read()).isEmpty();
        var first = new DrainRecord("llama", "vllm", NoticeKey.of("aws-spot", NoticeKind.SPOT_INTERRUPTION),
                "terminate",
                Instant.EPOCH, 120_000, 4, 9L, 3L, 2L, 1L, 0L, Instant.EPOCH, Instant.EPOCH.plusSeconds(12),
                Instant.EPOCH.plusSeconds(20), Instant.EPOCH.plusSeconds(100), Instant.EPOCH.plusSeconds(101),
                Instant.EPOCH.plusSeconds(102), 18_000, "cut", true, false, new RequestCounter.Late(4, 3, 1, 0),
                List.of("one", "two"));
        var bare = new DrainRecord("embed", "generic", NoticeKey.of("operator", NoticeKind.OPERATOR), "",
                Instant.EPOCH, 0, null, null, null, null, null, null, null, null, null, null, null, Instant.EPOCH, -1,
                "gone", false, true, RequestCounter.Late.NONE, List.of());

        records.append(first);
        Files.move(directory.resolve(RecordFile.NAME), directory.resolve(RecordFile.OLD_NAME));
        Files.writeString(directory.resolve(RecordFile.NAME), "\n{\"server\":\"x\"}\nnone\n{\"server\n");
        records.append(bare);

        assertThat(records.read()).containsExactly(first, bare);
    }
}
