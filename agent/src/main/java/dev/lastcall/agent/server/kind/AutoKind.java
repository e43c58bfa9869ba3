// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.time.Duration;
import java.util.function.Supplier;

import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;
import dev.lastcall.metadata.SupervisedLoop.Next;
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
    private final SupervisedLoop loop;
    private volatile ServerKind kind = ServerKind.GENERIC;
    private Duration delay = FIRST_RETRY; // of the loop, as is the next one
    private int unknown;

    /** @param server the server's name, for the log */
    public AutoKind(String server, URI url, KindRecognizer recognizer, NodeClock clock,
            LoopObserver loops) {
        this.server = server;
        this.url = url;
        this.recognizer = recognizer;
        this.loop = new SupervisedLoop("recognize-" + server, clock, loops, this::look);
    }

    /** Begins to look, on a virtual thread of its own, until the server is recognised or found to be like none. */
    public void start() {
        loop.start();
    }

    @Override
    public ServerKind get() {
        return kind;
    }

    /** Ends the looking. */
    @Override
    public void close() {
        loop.end();
    }

    private Next look() {
        switch (recognizer.recognize(url)) {
            case Recognition.Recognised(ServerKind recognised, String evidence) -> {
                kind = recognised;
                log.atInfo()
                        .addKeyValue("server", server)
                        .addKeyValue("kind", recognised.label())
                        .addKeyValue("evidence", evidence)
                        .log("server recognised");
                return Next.OVER;
            }
            case Recognition.Unknown _ -> unknown++;
            case Recognition.Silent _ -> {
            }
        }
        if (unknown >= MAX_UNKNOWN) {
            log.atWarn()
                    .addKeyValue("server", server)
                    .addKeyValue("url", url)
                    .log("server not recognised; taken for generic: without a gate or a gauge its drain waits by time");
            return Next.OVER;
        }
        Duration pause = delay;
        delay = pause.multipliedBy(2).compareTo(MAX_RETRY) < 0 ? pause.multipliedBy(2) : MAX_RETRY;
        return Next.after(pause);
    }
}
