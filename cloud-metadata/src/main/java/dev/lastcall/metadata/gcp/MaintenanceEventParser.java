// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import dev.lastcall.metadata.http.Explainer;
import dev.lastcall.metadata.http.MalformedAnswerException;

/** Reads {@code instance/maintenance-event}, a word ("Monitor and plan for a host maintenance event", Compute Engine). */
final class MaintenanceEventParser {

    private MaintenanceEventParser() {}

    static MaintenanceEvent parse(String body) throws MalformedAnswerException {
        String value = body.strip();
        return switch (value) {
            case "NONE" -> MaintenanceEvent.NONE;
            case "MIGRATE_ON_HOST_MAINTENANCE" -> MaintenanceEvent.MIGRATE;
            case "TERMINATE_ON_HOST_MAINTENANCE" -> MaintenanceEvent.TERMINATE;
            default -> throw new MalformedAnswerException("no known maintenance event:" + Explainer.quote(value));
        };
    }
}
