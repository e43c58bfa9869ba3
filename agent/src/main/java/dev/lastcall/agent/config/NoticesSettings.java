// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.time.Duration;

import dev.lastcall.metadata.http.MetadataTransport;

/**
 * What holds for every source of notices.
 *
 * @param requestTimeout bound of one plain request, its whole body included
 * @param osShutdown whether a shutdown of the operating system is a notice
 * @param osShutdownWindow what is left then
 */
public record NoticesSettings(Duration requestTimeout, boolean osShutdown, Duration osShutdownWindow) {

    private static final NoticesSettings DEFAULT = new NoticesSettings(MetadataTransport.TIMEOUT, true,
            Duration.ofSeconds(30));

    static NoticesSettings read(Section section) {
        return new NoticesSettings(
                section.value("requestTimeout", Limits.TIMEOUT, DEFAULT.requestTimeout(),
                        "Bound of one plain request to a metadata service, its whole body included."),
                section.value("osShutdown", ValueType.flag(), DEFAULT.osShutdown(),
                        "Whether a shutdown of the operating system is a notice."),
                section.value("osShutdownWindow", Limits.WINDOW, DEFAULT.osShutdownWindow(),
                        "Time left when the operating system shuts down."));
    }
}
