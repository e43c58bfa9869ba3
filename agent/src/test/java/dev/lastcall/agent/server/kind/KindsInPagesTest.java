// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.lastcall.agent.server.ServerKind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The pages say of each kind what the table of kinds has. */
final class KindsInPagesTest {

    private static final Path PAGE = Path.of("../docs/servers.md");
    private static final String BEGIN = "<!-- the table of kinds, written by KindsInPagesTest -->\n";
    private static final String END = "<!-- end of the table of kinds -->\n";

    @Test
    void thePageOfServersHasTheTable() throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf(BEGIN) + BEGIN.length();
        int to = page.indexOf(END);
        if (Boolean.getBoolean("lastcall.renew")) {
            page = page.substring(0, from) + table() + page.substring(to);
            Files.writeString(PAGE, page);
            to = page.indexOf(END);
        }
        assertThat(page.substring(from, to)).as("%s is stale; renew it with -Dlastcall.renew=true", PAGE)
                .isEqualTo(table());
    }

    @Test
    void thePageOfKubernetesNamesEach() throws IOException {
        assertThat(Files.readString(Path.of("../docs/kubernetes.md")))
                .contains("`" + String.join("`, `", Kinds.names()) + "`");
    }

    private static String table() {
        return """
                | `kind` | recognised by two of | in flight, without a gate | aborts by | polled | probe paths | ports |
                |---|---|---|---|---|---|---|
                """
                + List.of(ServerKind.values()).stream().map(KindsInPagesTest::row).collect(Collectors.joining());
    }

    private static String row(ServerKind kind) {
        KindProfile profile = Kinds.of(kind);
        return "| `" + kind.label() + "` | "
                + cell(profile.marks()
                        .stream()
                        .map(mark -> mark.evidence().replace("\n", "").replace("|", "\\|"))
                        .toList())
                + cell(profile.gauges().stream().map(KindsInPagesTest::gauge).toList())
                + cell(profile.abort()
                        .map(call -> call.paths().stream().map(KindsInPagesTest::code).toList())
                        .orElse(List.of()))
                + cell(profile.health().map(path -> List.of(code(path))).orElse(List.of()))
                + cell(Stream.concat(
                        profile.liveness().stream().map(path -> code(path) + " alive"),
                        profile.readiness().stream().map(path -> code(path) + " ready")).toList())
                + (profile.ports().isEmpty()
                        ? "–"
                        : profile.ports().stream().map(String::valueOf).collect(Collectors.joining(", ")))
                + " |\n";
    }

    private static String gauge(OwnGauge gauge) {
        return switch (gauge) {
            case OwnGauge.Metrics(String path, Gauges gauges, Duration lag) -> code(path) + " "
                    + gauges.names().stream().sorted().map(KindsInPagesTest::code).collect(Collectors.joining(" + "))
                    + (lag.isZero() ? "" : ", up to " + lag.toSeconds() + " s old");
            case OwnGauge.Slots(String path) -> code(path);
            case OwnGauge.Loads(String path) -> code(path);
        };
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private static String cell(List<String> entries) {
        return (entries.isEmpty() ? "–" : String.join("; ", entries)) + " | ";
    }
}
