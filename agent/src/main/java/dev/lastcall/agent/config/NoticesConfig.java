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
public record NoticesConfig(Duration requestTimeout, boolean osShutdown, Duration osShutdownWindow) {

    static NoticesConfig read(Section section) {
        return new NoticesConfig(
                section.value("requestTimeout", Limits.TIMEOUT, MetadataTransport.TIMEOUT,
                        "Bound of one plain request to a metadata service, its whole body included."),
                section.value("osShutdown", ValueType.flag(), true,
                        "Whether a shutdown of the operating system is a notice."),
                section.value("osShutdownWindow", Limits.WINDOW, Duration.ofSeconds(30),
                        "Time left when the operating system shuts down."));
    }
}
