// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.lastcall.agent.telemetry.LogSettings.Format;
import dev.lastcall.agent.telemetry.LogSettings.Level;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class LoggingTest {

    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

    @Test
    void textIsOneLineWithKeysAndValues() {
        List<String> lines = lines(new LogSettings(Format.TEXT, Level.INFO), log -> {
            log.atInfo()
                    .addKeyValue("server", "llama")
                    .addKeyValue("left", Duration.ofMillis(118_250))
                    .addKeyValue("reason", "said \"no\"\nand left")
                    .log("door closed");
            log.atDebug().log("not written");
            log.atWarn().setCause(new IllegalStateException("boom")).log("blind");
        });

        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).matches(
                TIME + " INFO  door closed server=llama left=118\\.25s reason=\"said \\\\\"no\\\\\"\\\\nand left\"");
        assertThat(lines.get(1)).matches(TIME + " WARN  blind error=\"java.lang.IllegalStateException: boom\"");
    }

    @Test
    void jsonIsOneObjectALine() {
        List<String> lines = lines(new LogSettings(Format.JSON, Level.INFO),
                log -> log.atInfo()
                        .addKeyValue("inFlight", 7)
                        .addKeyValue("left", Duration.ofMillis(1500))
                        .addKeyValue("text", "a\n\"b\"")
                        .addKeyValue("level", "x")
                        .log("door closed"));

        assertThat(lines).singleElement()
                .asString()
                .matches("\\{\"time\":\".*Z\",\"level\":\"info\",\"message\":\"door closed\","
                        + "\"inFlight\":7,\"left\":1\\.5,\"text\":\"a\\\\n\\\\\"b\\\\\"\",\"level_\":\"x\"}");
    }

    @Test
    void librariesAreQuiet() {
        List<String> lines = lines(new LogSettings(Format.TEXT, Level.DEBUG), log -> {
            LoggerFactory.getLogger("io.netty.util.X").info("chatter");
            LoggerFactory.getLogger("io.vertx.core.X").debug("chatter");
            log.debug("own");
        });

        assertThat(lines).singleElement().asString().endsWith("own");
    }

    @Test
    void controlCharactersCannotForgeLines() {
        List<String> lines = lines(new LogSettings(Format.TEXT, Level.INFO),
                log -> log.atInfo().addKeyValue("k", "x\u001b[31m\r\n<3>forged").log("a\nb\u0007"));

        assertThat(lines).singleElement().asString().doesNotContain("\u001b").doesNotContain("\r").contains("a?b?");
    }

    @Test
    void stackTracesAreForDebugOnly() {
        List<String> lines = lines(new LogSettings(Format.TEXT, Level.DEBUG),
                log -> log.atError().setCause(new IllegalStateException("boom")).log("failed"));

        assertThat(lines).hasSizeGreaterThan(2).anyMatch(line -> line.contains("at dev.lastcall"));
    }

    private static List<String> lines(LogSettings config, Consumer<Logger> events) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Logging logging = Logging.start(config, Map.of("NO_COLOR", "1"), out)) {
            assertThat(logging).isNotNull();
            events.accept(LoggerFactory.getLogger("dev.lastcall.test"));
        }
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
