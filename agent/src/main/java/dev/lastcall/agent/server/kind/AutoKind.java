// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.time.Duration;
import java.util.function.Consumer;
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

    private final String server;
    private final Access access;
    private final KindRecognizer recognizer;
    private final Consumer<ServerKind> recognised;
    private final SupervisedLoop loop;
    private final Patience patience = new Patience(); // of the loop
    private volatile ServerKind kind = ServerKind.GENERIC;

    /**
     * @param server the server's name, for the log
     * @param recognised called once, on the looking thread, when its kind is known
     */
    public AutoKind(String server, Access access, KindRecognizer recognizer, NodeClock clock,
            Consumer<ServerKind> recognised, LoopObserver loops) {
        this.server = server;
        this.access = access;
        this.recognizer = recognizer;
        this.recognised = recognised;
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
        Recognition recognition = recognizer.recognize(access);
        if (recognition instanceof Recognition.Recognised(ServerKind found, String evidence)) {
            kind = found;
            log.atInfo()
                    .addKeyValue("server", server)
                    .addKeyValue("kind", found.label())
                    .addKeyValue("evidence", evidence)
                    .log("server recognised");
            recognised.accept(found);
            return Next.OVER;
        }
        Duration pause = patience.after(recognition);
        if (!patience.isLeft()) {
            log.atWarn()
                    .addKeyValue("server", server)
                    .addKeyValue("url", access.url())
                    .log("server not recognised; it is taken for generic and not asked again: name its kind if it has one");
            return Next.OVER;
        }
        return Next.after(pause);
    }
}
