// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;

import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.metadata.NodeClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kind of a server whose operator says {@code auto}: generic until it is recognised, which can take until its model
 * is loaded. Thread-safe.
 */
public final class AutoKind implements Supplier<ServerKind>, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AutoKind.class);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration MAX_RETRY = Duration.ofSeconds(15);

    /** A server that answers and is like none may be one behind a proxy that is still coming up; then it is left. */
    private static final int MAX_UNKNOWN = 8;

    private final String server;
    private final URI url;
    private final KindRecognizer recognizer;
    private final NodeClock clock;
    private volatile ServerKind kind = ServerKind.GENERIC;
    private volatile boolean closed;

    /** @param server the server's name, for the log */
    public AutoKind(String server, URI url, KindRecognizer recognizer, NodeClock clock) {
        this.server = server;
        this.url = url;
        this.recognizer = recognizer;
        this.clock = clock;
    }

    /** Begins to look, on a virtual thread of its own, until the server is recognised or found to be like none. */
    public void start() {
        Thread.ofVirtual().name("recognize-" + server).start(this::look);
    }

    @Override
    public ServerKind get() {
        return kind;
    }

    /** Ends the looking. */
    @Override
    public void close() {
        closed = true;
    }

    private void look() {
        Duration delay = FIRST_RETRY;
        int unknown = 0;
        while (!closed && unknown < MAX_UNKNOWN) {
            switch (recognizer.recognize(url)) {
                case Recognition.Recognised(ServerKind recognised, String evidence) -> {
                    kind = recognised;
                    log.atInfo()
                            .addKeyValue("server", server)
                            .addKeyValue("kind", recognised.label())
                            .addKeyValue("evidence", evidence)
                            .log("server recognised");
                    return;
                }
                case Recognition.Unknown _ -> unknown++;
                case Recognition.Silent _ -> {
                }
            }
            try {
                clock.sleep(delay);
            } catch (InterruptedException e) {
                return;
            }
            delay = delay.multipliedBy(2).compareTo(MAX_RETRY) < 0 ? delay.multipliedBy(2) : MAX_RETRY;
        }
        if (!closed) {
            log.atWarn()
                    .addKeyValue("server", server)
                    .addKeyValue("url", url)
                    .log("server not recognised; taken for generic: without a gate or a gauge its drain waits by time");
        }
    }
}
