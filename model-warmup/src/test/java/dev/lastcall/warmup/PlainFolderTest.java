// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.lastcall.warmup.cache.Asked;
import dev.lastcall.warmup.cache.ModelFolder;
import dev.lastcall.warmup.cache.ModelPlace;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.folder.FolderStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.lastcall.warmup.Fixture.PART;
import static dev.lastcall.warmup.Fixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** A folder that people read and write themselves: nothing of theirs is lost, and the version it has stays until the next. */
@Timeout(60)
class PlainFolderTest {

    @TempDir
    Path folder;

    private Fixture fixture;

    @BeforeEach
    void open() {
        fixture = new Fixture(folder);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private void put(String version, String... names) {
        fixture.files.clear();
        for (String name : names) {
            fixture.put("m", name, 2 * PART + name.length(), version);
        }
        fixture.sums("m");
    }

    private WarmupReport warm(WarmupRequest request, boolean mayReplace) throws Exception {
        return new Warmup(fixture.store("m"), new Destination.Folder(folder, mayReplace), request, Fixture.unlimited())
                .run();
    }

    private WarmupReport warm() throws Exception {
        return warm(request("m"), false);
    }

    private WarmupException failure() {
        return catchThrowableOfType(WarmupException.class, this::warm);
    }

    private void refuseBytes() {
        fixture.server.script(request -> request.isProbe()
                ? new Fault.None()
                : new Fault.Status(403, List.of(), "no"));
    }

    /** All that lies there, but for our corner. */
    private Map<String, byte[]> content() throws IOException {
        Map<String, byte[]> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file).toString();
                if (!name.startsWith(".lastcall")) {
                    content.put(name, Files.readAllBytes(file));
                }
            }
        }
        return content;
    }

    private void assertHolds(Map<String, byte[]> expected) throws IOException {
        Map<String, byte[]> there = content();
        assertThat(there).containsOnlyKeys(expected.keySet());
        expected.forEach((name, bytes) -> assertThat(there.get(name)).as(name).isEqualTo(bytes));
    }

    @Test
    void theVersionThatIsThereStaysWholeWhereTheNextCannotBeHad() throws Exception {
        put("v1", "a.bin", "b.bin", "old/c.bin");
        warm();
        Map<String, byte[]> before = content();
        put("v2", "a.bin", "b.bin", "new/d.bin");
        refuseBytes();

        assertThat(failure()).hasMessageContaining("403");

        assertHolds(before);
        assertThat(warmAway()).as("and is still known as whole").isTrue();
    }

    private boolean warmAway() throws Exception {
        put("v1", "a.bin", "b.bin", "old/c.bin");
        fixture.server.script(request -> request.isProbe()
                ? new Fault.None()
                : new Fault.Status(500, List.of(), "no byte is asked for"));
        return warm().bytesReceived() == 0;
    }

    @Test
    void theNextVersionTakesAllPlacesAndOnlyWhatWasOnRecordGoes() throws Exception {
        put("v1", "a.bin", "b.bin", "old/c.bin", "x");
        warm();
        Files.writeString(folder.resolve("notes.txt"), "mine");
        Files.createDirectories(folder.resolve("old"));
        Files.writeString(folder.resolve("old/mine.txt"), "mine too");
        put("v2", "a.bin", "new/d.bin", "x/y.bin");

        WarmupReport report = warm();

        Map<String, byte[]> expected = new TreeMap<>(fixture.files);
        expected.put("notes.txt", "mine".getBytes(StandardCharsets.UTF_8));
        expected.put("old/mine.txt", "mine too".getBytes(StandardCharsets.UTF_8));
        assertHolds(expected);
        assertThat(report.files()).isEqualTo(3);
        assertThat(folder.resolve(".lastcall/next")).doesNotExist();
        assertThat(warm().bytesReceived()).isZero();
    }

    @Test
    void aForeignFileIsNeverTouchedAndIsNamedBeforeTheFirstByte() throws Exception {
        Files.writeString(folder.resolve("a.bin"), "mine");
        put("v1", "a.bin", "b.bin");
        refuseBytes();

        assertThat(failure()).isInstanceOf(WarmupException.DiskFailed.class)
                .hasMessageContaining(folder.resolve("a.bin").toString())
                .hasMessageContaining("--overwrite");
        assertHolds(Map.of("a.bin", "mine".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aForeignFileIsReplacedWhereThatIsAskedForAndOnlyWhenTheModelIsWhole() throws Exception {
        Files.writeString(folder.resolve("a.bin"), "mine");
        put("v1", "a.bin", "b.bin");
        refuseBytes();
        var _ = catchThrowableOfType(WarmupException.class, () -> warm(request("m"), true));
        assertHolds(Map.of("a.bin", "mine".getBytes(StandardCharsets.UTF_8)));
        fixture.server.script(request -> new Fault.None());

        warm(request("m"), true);

        assertHolds(fixture.files);
    }

    @Test
    void aForeignFolderOrLinkWhereAFileShouldBeIsRefused() throws Exception {
        put("v1", "a.bin", "sub/b.bin");
        Files.createDirectories(folder.resolve("a.bin"));
        assertThat(failure()).hasMessageContaining("a.bin");
        Files.delete(folder.resolve("a.bin"));
        Files.createSymbolicLink(folder.resolve("sub"), Path.of("/tmp"));
        assertThat(failure()).hasMessageContaining("sub");
        assertThat(Files.isSymbolicLink(folder.resolve("sub"))).isTrue();
    }

    @Test
    void aDamagedFileStaysUntilItsSuccessorIsThereAndCanBeLookedAtThen() throws Exception {
        put("v1", "a.bin", "b.bin");
        warm();
        Files.setPosixFilePermissions(folder.resolve("a.bin"), PosixFilePermissions.fromString("rw-r--r--"));
        Files.writeString(folder.resolve("a.bin"), "edited by hand");
        refuseBytes();
        assertThat(failure()).hasMessageContaining("403");
        assertThat(folder.resolve("a.bin")).hasContent("edited by hand");
        fixture.server.script(request -> new Fault.None());

        warm();

        assertHolds(fixture.files);
        try (Stream<Path> aside = Files.list(folder.resolve(".lastcall/quarantine"))) {
            assertThat(aside.toList()).singleElement().satisfies(one -> assertThat(one).hasContent("edited by hand"));
        }
    }

    @Test
    void aModelThatCannotBeLoadedDoesNotReplaceOneThatCan() throws Exception {
        put("v1", "a.bin");
        warm();
        Map<String, byte[]> before = content();
        fixture.files.clear();
        String index = "{\"weight_map\": {\"w\": \"gone.safetensors\"}}";
        fixture.files.put("model.safetensors.index.json", index.getBytes(StandardCharsets.UTF_8));
        fixture.server.put("/m/model.safetensors.index.json", index.getBytes(StandardCharsets.UTF_8), "v2");
        fixture.sums("m");

        assertThat(failure()).hasMessageContaining("gone.safetensors");

        assertHolds(before);
    }

    /** The process is killed after so many of its renames: the next one carries the rest out, without the store. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aReplacementThatWasBegunIsCarriedOutToItsEnd(int renames) throws Exception {
        put("v1", "a.bin", "b.bin", "c.bin");
        warm();
        put("v2", "a.bin", "b.bin", "d.bin");
        stageAll();
        Path manifest = folder.resolve(".lastcall/manifest.json");
        Files.writeString(manifest,
                Files.readString(manifest).replace("\"isComplete\" : true", "\"isComplete\" : false"));
        for (String name : List.of("a.bin", "b.bin", "d.bin").subList(0, renames)) {
            Files.move(folder.resolve(".lastcall/next").resolve(name), folder.resolve(name),
                    StandardCopyOption.REPLACE_EXISTING);
        }

        try (ModelFolder next = ModelFolder.open(ModelPlace.inFolder(folder))) {
            assertThat(next.manifest().isComplete()).isTrue();
        }

        assertHolds(fixture.files);
        assertThat(folder.resolve(".lastcall/next.json")).doesNotExist();
    }

    private void stageAll() throws Exception {
        try (var store = fixture.store("m");
                ModelFolder next = ModelFolder.open(ModelPlace.inFolder(folder))) {
            Listing listing = store.list(Selection.ALL);
            for (RemoteFile file : next.prepare(listing, Asked.of(store, Selection.ALL), true, false)) {
                next.publish(file, Files.write(next.partial(file), fixture.files.get(file.path())));
            }
        }
        Path plan = folder.resolve(".lastcall/next.json");
        Files.writeString(plan, Files.readString(plan).replace("\"isComplete\" : false", "\"isComplete\" : true"));
    }

    @Test
    void whatWaitsForAVersionThatIsNoLongerListedIsNotTakenForTheNextOne() throws Exception {
        put("v2", "a.bin", "b.bin");
        try (var store = fixture.store("m"); ModelFolder next = ModelFolder.open(ModelPlace.inFolder(folder))) {
            for (RemoteFile file : next.prepare(store.list(Selection.ALL), Asked.of(store, Selection.ALL), true,
                    false)) {
                next.publish(file, Files.write(next.partial(file), fixture.files.get(file.path())));
            }
        }
        put("v3", "a.bin");

        warm();

        assertHolds(fixture.files);
    }

    @Test
    void aSourceThatIsTheDestinationOrHoldsItOrLiesInItIsRefusedAndUntouched() throws Exception {
        Path source = Files.createDirectories(folder.resolve("model"));
        Files.writeString(source.resolve("config.json"), "{}");
        Path link = Files.createSymbolicLink(folder.resolve("link"), source);
        Map<String, byte[]> before = content();

        for (Path destination : List.of(source, link, folder, source.resolve("sub/deeper"),
                source.resolve("../model"))) {
            WarmupException failure = catchThrowableOfType(WarmupException.class,
                    () -> new Warmup(new FolderStore(source), new Destination.Folder(destination), request("m"),
                            Fixture.unlimited()).run());
            assertThat(failure).as("%s", destination)
                    .isInstanceOf(WarmupException.StoreRefused.class)
                    .hasMessageContaining("nothing was touched");
        }

        assertHolds(before);
        assertThat(folder.resolve(".lastcall")).doesNotExist();
        assertThat(source.resolve(".lastcall")).doesNotExist();
    }

    @Test
    void aDestinationThatIsAFileIsCalledThat() throws Exception {
        put("v1", "a.bin");
        Path file = Files.writeString(folder.resolve("file"), "x");

        WarmupException failure = catchThrowableOfType(WarmupException.class,
                () -> new Warmup(fixture.store("m"), new Destination.Folder(file), request("m"), Fixture.unlimited())
                        .run());

        assertThat(failure).hasMessageContaining("is a file and not a folder");
    }
}
