// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.TokenServer;

/** Learns the instance's facts beside the looks, until they are complete. Read from any thread, set going by one. */
final class InstanceFactsReader {

    /** Least time between attempts at what is missing. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    /** A word, as all of these facts are; an error page is none. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final TokenServer server;
    private final NodeClock clock;
    private volatile InstanceFacts facts = InstanceFacts.UNKNOWN;
    private long nextNanos;

    InstanceFactsReader(TokenServer server, NodeClock clock) {
        this.server = server;
        this.clock = clock;
        this.nextNanos = clock.nanoTime();
    }

    InstanceFacts facts() {
        return facts;
    }

    /** Asks for what is missing, on a thread of its own, unless it has just been asked for. */
    void learnAside() {
        long now = clock.nanoTime();
        if (facts.isComplete() || nextNanos - now > 0) {
            return;
        }
        nextNanos = now + PAUSE.toNanos();
        Thread.ofVirtual().name("instance-facts").start(() -> {
            try {
                learn();
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void learn() throws InterruptedException {
        InstanceFacts known = facts;
        String lifeCycle = read("instance-life-cycle", known.lifeCycle());
        facts = new InstanceFacts(known.id(), known.type(), lifeCycle, known.zone());
        facts = new InstanceFacts(read("instance-id", known.id()), read("instance-type", known.type()), lifeCycle,
                read("placement/availability-zone", known.zone()));
    }

    private String read(String key, String known) throws InterruptedException {
        if (!known.isEmpty()) {
            return known;
        }
        MetadataAnswer answer = server.get(AwsSources.META_DATA + key, Map.of());
        return answer instanceof MetadataAnswer.Response response && response.status() == 200
                && WORD.matcher(response.body().strip()).matches() ? response.body().strip() : "";
    }
}
