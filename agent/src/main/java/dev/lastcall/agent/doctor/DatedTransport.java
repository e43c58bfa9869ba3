// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;
import dev.lastcall.metadata.http.MetadataTransport;
import dev.lastcall.metadata.time.AnswerTime;
import org.jspecify.annotations.Nullable;

/** Passes questions on and notes by how much the node's calendar differs from that of the answers. Thread-safe. */
final class DatedTransport implements MetadataTransport {

    private final MetadataTransport transport;
    private final AtomicReference<@Nullable Duration> ahead = new AtomicReference<>();

    DatedTransport(MetadataTransport transport) {
        this.transport = transport;
    }

    @Override
    public MetadataAnswer ask(MetadataRequest request) throws InterruptedException {
        MetadataAnswer answer = transport.ask(request);
        if (answer instanceof MetadataAnswer.Response response) {
            AnswerTime at = response.at();
            if (at.date() != null) {
                ahead.set(Duration.between(at.date(), at.wallTime()));
            }
        }
        return answer;
    }

    /** How far the node's calendar is ahead of the provider's, by the last dated answer; negative where it is behind. */
    Optional<Duration> ahead() {
        return Optional.ofNullable(ahead.get());
    }
}
