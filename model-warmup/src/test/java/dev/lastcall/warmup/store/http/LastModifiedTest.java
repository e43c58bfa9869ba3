// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.web.WebStore;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** When a time names one version, and when it does not. */
class LastModifiedTest {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter
            .ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final Instant WRITTEN = Instant.parse("2026-01-02T03:04:05Z");

    @AutoClose
    private final ScriptedStore server = new ScriptedStore();
    @AutoClose
    private final Network network = Network.create();

    private void put(Instant modified, String... more) {
        List<String> lines = new ArrayList<>(List.of("Last-Modified: " + HTTP_DATE.format(modified)));
        lines.addAll(List.of(more));
        server.put("/m/a", new ScriptedStore.Content(ScriptedStore.of(TestBytes.random(5000, 1)), "", lines, true));
    }

    private RemoteFile listed() throws Exception {
        try (WebStore store = new WebStore(server.address("/m/"), List.of("a"), Map.of(), network)) {
            return store.list(Selection.ALL).files().getFirst();
        }
    }

    /** By the server's own clock, whatever this machine's says. */
    @ParameterizedTest
    @CsvSource({"0,false", "1,true", "3600,true", "-5,false"})
    void aTimeOfTheVerySecondOfTheAnswerPinsNothing(long laterSeconds, boolean isPinned) throws Exception {
        put(WRITTEN, "Date: " + HTTP_DATE.format(WRITTEN.plusSeconds(laterSeconds)));

        RemoteFile file = listed();

        assertThat(file.ranged()).isEqualTo(isPinned);
        assertThat(file.validator().isStrong()).isEqualTo(isPinned);
    }

    @Test
    void withoutATimeOfTheAnswerOnlyWhatIsOldIsPinned() throws Exception {
        put(WRITTEN);
        assertThat(listed().ranged()).isTrue();

        put(Instant.now());
        assertThat(listed().ranged()).isFalse();
    }

    @Test
    void aDigestNeedsNoTime() throws Exception {
        put(WRITTEN, "Date: " + HTTP_DATE.format(WRITTEN));
        server.put("/m/SHA256SUMS",
                (TestBytes.sha256(TestBytes.random(5000, 1)).hex() + "  a\n").getBytes(
                        java.nio.charset.StandardCharsets.UTF_8),
                "s");

        assertThat(listed().ranged()).isTrue();
    }

    /** As after a roll-back that keeps times; the server ignores the condition, as most do for an older time. */
    @ParameterizedTest
    @CsvSource({"-86400", "-1", "1", "86400"})
    void anAnswerOfAnotherTimeIsAnotherVersionAlsoAnOlderOne(long seconds) throws Exception {
        put(WRITTEN);
        try (WebStore store = new WebStore(server.address("/m/"), List.of("a"), Map.of(), network);
                RangeReader reader = store.openReader()) {
            RemoteFile file = store.list(Selection.ALL).files().getFirst();
            put(WRITTEN.plusSeconds(seconds));

            StoreException failure = catchThrowableOfType(StoreException.class, () -> reader.open(file, 100, 50));

            assertThat(failure.problem()).isEqualTo(StoreProblem.CHANGED);
        }
    }
}
