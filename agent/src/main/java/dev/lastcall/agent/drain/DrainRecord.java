// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Instant;
import java.util.List;

import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.metadata.NoticeKey;
import org.jspecify.annotations.Nullable;

/**
 * What became of one drain of one server. Immutable; one line of JSON in the file of records. A null is what could not be
 * known: a count without a gate, an instant that was not reached.
 *
 * @param server the server's name
 * @param kind the server's kind
 * @param notice by what it was noticed: source, kind, event id
 * @param description what the provider said
 * @param detectedAt when the notice was seen, by the host's clock
 * @param timeLeftMillis the window at that moment
 * @param inFlightAtNotice requests in flight then, by the first reading
 * @param admitted requests let in since then: those whose headers were read before the door closed
 * @param completed requests completed since then
 * @param refused requests refused since then
 * @param cut requests cut
 * @param lost requests whose client got a broken answer, and not by a cut
 * @param announcedAt when the door was announced to close; null where it was closed without that
 * @param closedAt when the door was closed
 * @param idleAt when it was found idle
 * @param cutAt when what was left began to be cut
 * @param stopSentAt when the server was asked to stop
 * @param stoppedAt when the drain was over
 * @param unusedMillis how much of the window was left then; negative where the deadline had passed
 * @param outcome how it ended
 * @param killed whether a SIGKILL was needed
 * @param dryRun whether all of this was pretended
 * @param late what became of the requests that were let in since then, before the door was closed
 * @param problems what went wrong on the way, each once
 */
public record DrainRecord(String server, String kind, NoticeKey notice, String description, Instant detectedAt,
        long timeLeftMillis, @Nullable Integer inFlightAtNotice, @Nullable Long admitted, @Nullable Long completed,
        @Nullable Long refused, @Nullable Long cut, @Nullable Long lost, @Nullable Instant announcedAt,
        @Nullable Instant closedAt, @Nullable Instant idleAt, @Nullable Instant cutAt, @Nullable Instant stopSentAt,
        Instant stoppedAt, long unusedMillis, String outcome, boolean killed, boolean dryRun,
        RequestCounter.@Nullable Late late, List<String> problems) {

    public DrainRecord {
        problems = List.copyOf(problems);
    }
}
