// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Predicate;

import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.web.WebStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.lastcall.warmup.Fixture.PART;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A model that is in the cache already, while its store cannot be asked, or says no. */
@Timeout(120)
class StoreAwayTest {

    @TempDir
    Path root;

    private Fixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new Fixture(root);
        fixture.put("m", "a.bin", 3 * PART, "v1");
        fixture.put("m", "config.json", 100, "v1");
        fixture.sums("m");
        fixture.warmup(fixture.store("m"), wanted()).run();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private static WarmupRequest wanted() {
        return Fixture.request("llama").withVerify(WarmupRequest.Verify.ON_START);
    }

    private void answer(int status) {
        fixture.server.script(request -> new Fault.Status(status, List.of("Retry-After: 0"), "no"));
    }

    private WarmupReport warm(WebStore store, WarmupRequest request) throws Exception {
        return fixture.warmup(store, request).run();
    }

    @Test
    void whatIsThereWholeIsWarmAndItIsSaidThatTheStoreWasNotAsked() throws Exception {
        answer(503);

        WarmupReport report = warm(fixture.store("m"), wanted());

        assertThat(report.isStoreAsked()).isFalse();
        assertThat(report.storeAway()).contains("/m/SHA256SUMS", "503");
        assertThat(report.files()).isEqualTo(2);
        assertThat(report.bytesReused()).isEqualTo(report.bytes()).isEqualTo(3L * PART + 100);
        assertThat(root.resolve("llama/a.bin")).hasBinaryContent(fixture.files.get("a.bin"));
    }

    @Test
    void aStoreThatAnswersAgainIsAskedAgain() throws Exception {
        answer(503);
        assertThat(warm(fixture.store("m"), wanted()).isStoreAsked()).isFalse();
        fixture.server.script(request -> new Fault.None());
        byte[] later = fixture.put("m", "a.bin", 3 * PART, "v2");
        fixture.sums("m");

        assertThat(warm(fixture.store("m"), wanted()).isStoreAsked()).isTrue();

        assertThat(root.resolve("llama/a.bin")).hasBinaryContent(later);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void aStoreThatSaysNoIsNotOneThatIsAway(int status) {
        answer(status);

        assertThatThrownBy(() -> warm(fixture.store("m"), wanted())).isInstanceOf(WarmupException.StoreRefused.class);
    }

    @Test
    void anotherQuestionIsNotAnsweredByWhatIsThere() throws Exception {
        answer(503);

        assertAway(fixture.store("m", "a.bin"), wanted());
        assertAway(fixture.store("other"), wanted());
        assertAway(fixture.store("m"), wanted().withSelection(new Selection(List.of("*.bin"), List.of())));
        assertAway(fixture.store("m"), Fixture.request("mistral"));
    }

    @Test
    void aDamagedFileIsPutAsideAndTheModelIsNotWarm() throws Exception {
        Path damaged = root.resolve("llama/a.bin").toRealPath();
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[PART] ^= 1;
        Files.setPosixFilePermissions(damaged, PosixFilePermissions.fromString("rw-r--r--"));
        Files.write(damaged, bytes);
        answer(503);

        assertAway(fixture.store("m"), wanted());
        assertThat(damaged).doesNotExist();

        fixture.server.script(request -> new Fault.None());
        assertThat(warm(fixture.store("m"), wanted()).bytesReceived()).isEqualTo(3L * PART);
    }

    @Test
    void whatWasFetchedOfANewerVersionIsKeptWhileTheStoreIsAway() throws Exception {
        fixture.put("m", "a.bin", 3 * PART, "v2");
        fixture.put("m", "b.bin", 2 * PART, "v2");
        fixture.sums("m");
        Predicate<ScriptedStore.Request> isLast = request -> request.target().endsWith("b.bin") && !request.isProbe();
        fixture.server.script(request -> isLast.test(request)
                ? new Fault.Status(403, List.of(), "")
                : new Fault.None());
        // One after the other: the refusal of the second file comes when the first is there.
        WarmupRequest inOrder = wanted().withSettings(Fixture.SETTINGS.withMaxConnections(1));
        assertThatThrownBy(() -> warm(fixture.store("m"), inOrder)).isInstanceOf(WarmupException.StoreRefused.class);
        answer(503);
        assertThat(warm(fixture.store("m"), wanted()).isStoreAsked()).isFalse();
        fixture.server.script(request -> new Fault.None());

        WarmupReport last = warm(fixture.store("m"), wanted());

        assertThat(last.bytesReceived()).as("a.bin was not fetched twice").isLessThanOrEqualTo(2L * PART);
        assertThat(root.resolve("llama/b.bin")).hasBinaryContent(fixture.files.get("b.bin"));
    }

    @Test
    void aPlainFolderCountsToo(@TempDir Path folder) throws Exception {
        Destination.Folder there = new Destination.Folder(folder);
        new Warmup(fixture.store("m"), there, wanted(), Fixture.unlimited()).run();
        answer(503);

        assertThat(new Warmup(fixture.store("m"), there, wanted(), Fixture.unlimited()).run().isStoreAsked()).isFalse();
        assertThatThrownBy(() -> new Warmup(fixture.store("other"), there, wanted(), Fixture.unlimited()).run())
                .isInstanceOf(WarmupException.StoreUnavailable.class);
    }

    private void assertAway(WebStore store, WarmupRequest request) {
        assertThatThrownBy(() -> warm(store, request)).isInstanceOf(WarmupException.StoreUnavailable.class);
    }
}
