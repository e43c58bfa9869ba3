// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.time.Duration;

/**
 * What holds for every source of notices.
 *
 * @param connectTimeout bound of a connection to a metadata service
 * @param requestTimeout bound of one request, its whole body included
 * @param maxBackoff longest pause after failed looks
 * @param blindAfter without a good look for so long, the source counts as blind
 * @param withdrawAnswers definite answers of "no notice" in a row that withdraw one
 * @param withdrawSpan least time that these answers span
 * @param osShutdown whether a shutdown of the operating system is a notice
 * @param osShutdownWindow what is left then
 */
public record NoticesConfig(Duration connectTimeout, Duration requestTimeout, Duration maxBackoff, Duration blindAfter,
        int withdrawAnswers, Duration withdrawSpan, boolean osShutdown, Duration osShutdownWindow) {

    static NoticesConfig read(Section section) {
        return new NoticesConfig(
                section.value("connectTimeout", Limits.TIMEOUT, Duration.ofMillis(500),
                        "Bound of a connection to a metadata service."),
                section.value("requestTimeout", Limits.TIMEOUT, Duration.ofSeconds(2),
                        "Bound of one request, its whole body included."),
                section.value("maxBackoff", Limits.POLL, Duration.ofSeconds(5), "Longest pause after failed looks."),
                section.value("blindAfter", Limits.SLOW_POLL, Duration.ofSeconds(30),
                        "Time without a good look after which a source counts as blind."),
                section.value("withdrawAnswers", ValueType.number(1, 100), 3,
                        "Definite answers of \"no notice\" in a row that withdraw a notice; errors never count."),
                section.value("withdrawSpan", ValueType.duration(Duration.ZERO, Duration.ofMinutes(10)),
                        Duration.ofSeconds(3), "Least time that these answers must span."),
                section.value("osShutdown", ValueType.flag(), true,
                        "Whether a shutdown of the operating system is a notice."),
                section.value("osShutdownWindow", Limits.WINDOW, Duration.ofSeconds(30),
                        "Time left when the operating system shuts down."));
    }
}
