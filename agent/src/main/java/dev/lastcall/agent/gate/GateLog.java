// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.lastcall.metadata.NodeClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a gate logs: transitions once, and what can happen to every request at most once in a while, with the number of
 * those that were not logged. Thread-safe.
 */
final class GateLog {

    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

    private final SocketAddress upstream;
    private final AtomicBoolean unreachable = new AtomicBoolean();
    private final OccasionalLine broken;
    private final OccasionalLine http2;
    private final OccasionalLine ended;
    private final OccasionalLine tls;

    GateLog(SocketAddress upstream, NodeClock clock) {
        this.upstream = upstream;
        this.broken = new OccasionalLine(LOG, clock);
        this.http2 = new OccasionalLine(LOG, clock);
        this.ended = new OccasionalLine(LOG, clock);
        this.tls = new OccasionalLine(LOG, clock);
    }

    void started(InetSocketAddress listen) {
        LOG.atInfo().addKeyValue("listen", listen).addKeyValue("upstream", upstream).log("gate open");
    }

    void doorClosed(int inFlight) {
        LOG.atInfo().addKeyValue("upstream", upstream).addKeyValue("inFlight", inFlight).log("gate's door closed");
    }

    void closingAnnounced(int inFlight) {
        LOG.atInfo()
                .addKeyValue("upstream", upstream)
                .addKeyValue("inFlight", inFlight)
                .log("gate asks routers to go elsewhere; requests that will be over before the cut are still let in");
    }

    void doorOpened() {
        LOG.atInfo().addKeyValue("upstream", upstream).log("gate's door opened");
    }

    void cut(long count, int left) {
        LOG.atWarn()
                .addKeyValue("upstream", upstream)
                .addKeyValue("cut", count)
                .addKeyValue("left", left)
                .log("requests cut");
    }

    void upstreamReached() {
        if (unreachable.get() && unreachable.compareAndSet(true, false)) {
            LOG.atInfo().addKeyValue("upstream", upstream).log("the server can be reached again");
        }
    }

    void upstreamUnreachable(Throwable cause) {
        if (unreachable.compareAndSet(false, true)) {
            LOG.atWarn()
                    .addKeyValue("upstream", upstream)
                    .addKeyValue("cause", cause.getMessage())
                    .log("the server cannot be reached; clients get 503 until it can: is it running, and is this"
                            + " its address?");
        }
    }

    void handshakeFailed(String why) {
        tls.warn(line -> line.addKeyValue("upstream", upstream).addKeyValue("cause", why),
                "a client's TLS handshake failed, and its connection is closed: does it come without TLS, or not trust the"
                        + " certificate?");
    }

    void upstreamBroken(String what) {
        broken.warn(line -> line.addKeyValue("upstream", upstream).addKeyValue("problem", what),
                "the server broke off or gave no valid answer; its own log may say why");
    }

    void http2NotEnabled() {
        http2.warn(line -> line.addKeyValue("upstream", upstream),
                "a client speaks HTTP/2, as gRPC does, which is not enabled at this gate; its requests fail:"
                        + " set gate.protocol to h2c if the server speaks HTTP/2 without TLS");
    }

    void clientEnded(String why) {
        ended.warn(line -> line.addKeyValue("upstream", upstream).addKeyValue("problem", why),
                "a client's connection of HTTP/2 was ended: it breaks the rules or floods the gate");
    }

    void unexpected(Throwable cause) {
        LOG.atError()
                .setCause(cause)
                .addKeyValue("upstream", upstream)
                .log("a fault of the gate's own ended one connection; please report it");
    }
}
