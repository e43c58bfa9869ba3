// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.io.StringWriter;
import java.util.Locale;

import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.status.view.StatusFormat;
import dev.lastcall.warmup.WarmupException;
import dev.lastcall.warmup.WarmupProgress;
import dev.lastcall.warmup.WarmupReport;
import dev.lastcall.warmup.failure.Words;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What came of it. */
sealed interface Result {

    /** How the process ends. */
    ExitCode exitCode();

    /** As one JSON object. */
    String json();

    /** It is warm. */
    record Warm(WarmupReport report) implements Result {
        @Override
        public ExitCode exitCode() {
            return ExitCode.OK;
        }

        @Override
        public String json() {
            StringWriter text = new StringWriter();
            try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
                json.writeStartObject();
                json.writeStringProperty("outcome", "warm");
                json.writeStringProperty("model", report.model());
                json.writeStringProperty("folder", report.folder().toString());
                json.writeNumberProperty("files", report.files());
                json.writeNumberProperty("filesWithoutDigest", report.filesWithoutDigest());
                json.writeNumberProperty("bytes", report.bytes());
                json.writeNumberProperty("bytesReceived", report.bytesReceived());
                json.writeNumberProperty("bytesReused", report.bytesReused());
                json.writeNumberProperty("seconds", report.took().toMillis() / 1000.0);
                json.writeNumberProperty("bytesPerSecond", report.bytesPerSecond());
                json.writeStringProperty("limit", report.limit().name().toLowerCase(Locale.ROOT));
                json.writeNumberProperty("connections", report.connections());
                json.writeNumberProperty("retries", report.retries());
                json.writeBooleanProperty("storeAsked", report.isStoreAsked());
                json.writeStringProperty("storeAway", report.storeAway());
                json.writeArrayPropertyStart("notes");
                report.notes().forEach(json::writeString);
                json.writeEndArray();
                json.writeEndObject();
            }
            return text.toString();
        }
    }

    /**
     * It is not.
     *
     * @param model its name
     * @param reason why
     * @param progress how far it came
     * @param keptBytes what the next run need not fetch
     * @param cause what ended it from outside
     */
    record Failed(String model, WarmupException reason, WarmupProgress progress, long keptBytes,
            WarmInterruption.Cause cause) implements Result {

        @Override
        public ExitCode exitCode() {
            return switch (cause) {
                case NONE -> ExitCode.FAILURE;
                case TIMEOUT -> ExitCode.DEADLINE;
                case INTERRUPTED -> ExitCode.INTERRUPTED;
            };
        }

        /** Whether there is something that the next run need not fetch. */
        private boolean isResumable() {
            return keptBytes > 0;
        }

        /** For a person. */
        String message() {
            String what = switch (cause) {
                case NONE -> Words.of(reason.failure()).line();
                case TIMEOUT -> model + ": not warm within --timeout";
                case INTERRUPTED -> model + ": interrupted";
            };
            String kept = isResumable()
                    ? "; " + StatusFormat.size(keptBytes) + " of " + StatusFormat.size(progress.bytes())
                            + " are kept, and " + (reason.isRetryable()
                                    ? "the same command goes on from there"
                                    : "not fetched again once that is put right")
                    : "";
            return what + kept;
        }

        @Override
        public String json() {
            StringWriter text = new StringWriter();
            try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
                json.writeStartObject();
                json.writeStringProperty("outcome", switch (cause) {
                    case NONE -> "failed";
                    case TIMEOUT -> "timeout";
                    case INTERRUPTED -> "interrupted";
                });
                json.writeStringProperty("model", model);
                json.writeStringProperty("message", message());
                json.writeBooleanProperty("retryable", reason.isRetryable());
                json.writeBooleanProperty("resumable", isResumable());
                json.writeNumberProperty("files", progress.files());
                json.writeNumberProperty("filesDone", progress.filesDone());
                json.writeNumberProperty("bytes", progress.bytes());
                json.writeNumberProperty("bytesDone", progress.bytesDone());
                json.writeEndObject();
            }
            return text.toString();
        }
    }
}
