// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.lastcall.agent.status.view.ModelsJson;
import dev.lastcall.agent.status.view.StatusFormat;
import dev.lastcall.agent.status.view.StatusJson;
import dev.lastcall.agent.status.view.StatusPage;
import dev.lastcall.agent.status.view.StatusView;

/** What can be read. */
final class Views {

    private final Supplier<StatusView> status;
    private final ModelAdmin models;

    Views(Supplier<StatusView> status, ModelAdmin models) {
        this.status = status;
        this.models = models;
    }

    /** The page for people. */
    ApiAnswer page() {
        return new ApiAnswer(200, "text/html; charset=utf-8", StatusPage.html(status.get()),
                Map.of("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"));
    }

    ApiAnswer status() {
        return ApiAnswer.of(200, ApiAnswer.JSON, StatusJson.write(status.get()) + "\n");
    }

    ApiAnswer models() {
        return ApiAnswer.of(200, ApiAnswer.JSON, ModelsJson.write(models.limit(), models.models()) + "\n");
    }

    /** Whether the node is protected, and may be sent requests. */
    ApiAnswer ready() {
        StatusView view = status.get();
        List<String> reasons = closed(view);
        view.conditions()
                .stream()
                .filter(StatusView.Condition::isCritical)
                .forEach(condition -> reasons.add("not protected: " + StatusFormat.condition(condition)));
        return answer(reasons, view.dryRun() ? "ready (dry run)\n" : "ready\n");
    }

    /** Whether the node may be sent requests. A blind source is no reason to take a serving node out of its router. */
    ApiAnswer door() {
        return answer(closed(status.get()), "open\n");
    }

    private static ApiAnswer answer(List<String> reasons, String good) {
        return reasons.isEmpty()
                ? ApiAnswer.of(200, ApiAnswer.TEXT, good)
                : ApiAnswer.of(503, ApiAnswer.TEXT, String.join("\n", reasons) + "\n");
    }

    /** Why the node is not to be sent requests; empty where it is. */
    private List<String> closed(StatusView view) {
        List<String> reasons = new ArrayList<>();
        StatusView.ReclamationView reclamation = view.reclamation();
        if (reclamation != null && !view.dryRun()) {
            reasons.add("the node is being taken back: " + reclamation.source() + " says " + reclamation.kind());
        }
        view.servers()
                .stream()
                .filter(server -> !server.doorOpen() && !view.dryRun() && reclamation == null)
                .forEach(server -> reasons.add("the door of " + server.name() + " is closed: " + server.phase()));
        if (models.isNeededForReadiness()) {
            models.models()
                    .stream()
                    .filter(model -> !model.isWarm())
                    .forEach(model -> reasons.add("not warm yet: " + model.name()));
        }
        return reasons;
    }
}
