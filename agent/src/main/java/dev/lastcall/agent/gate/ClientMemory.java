// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import dev.lastcall.agent.gate.tls.ClientTls;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** What one client's connection holds, and its account in the budget. Confined to the event loop. */
final class ClientMemory implements Admission.Room {

    private final GateBudget budget;
    private final GateBudget.Account account;
    private final RequestDecoder decoder;
    private final PipelinedRequest next;
    private final WriteBuffer out;
    private final long baseBytes;
    private @Nullable Served served;

    /**
     * Opens the account.
     *
     * @param evict ends the connection to make room for others; run on any thread
     */
    ClientMemory(GateBudget budget, Channel channel, Runnable evict, RequestDecoder decoder,
            PipelinedRequest next,
            WriteBuffer out) {
        this.budget = budget;
        this.baseBytes = GateBudget.CONNECTION_BYTES + (ClientTls.isOn(channel) ? GateBudget.TLS_BYTES : 0);
        this.account = budget.open(addressOf(channel), evict);
        this.decoder = decoder;
        this.next = next;
        this.out = out;
    }

    /** Whose share of the budget it is. */
    static InetAddress addressOf(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    /** Holds the connection itself; false if there is no room for it. */
    boolean begin() {
        return account.begin(baseBytes);
    }

    /** What the connection serves, and so holds too; null if nothing. */
    void serve(@Nullable Served now) {
        served = now;
    }

    @Override
    public boolean hasRoomFor(HttpRequest request) {
        return account.hold(heldBytes() + Exchange.BYTES + RequestDecoder.weightOf(request));
    }

    /** Whether bytes wait here: what else it holds changes at a request, and is let go of at a tick. */
    boolean isHolding() {
        return out.pendingBytes() > 0 || decoder.holdsBytes() || (served != null && served.holdsBytes());
    }

    /** Books what is held now; false if that is more than may be. */
    boolean weigh() {
        boolean small = budget.isTight();
        out.setSmall(small);
        if (served != null) {
            served.setSmall(small);
        }
        return account.hold(heldBytes());
    }

    /** Books what is held now, whether there is room or not. */
    void settle() {
        account.settle(heldBytes());
    }

    /** Lets the connection be ended to make room for others, or protects it. */
    void setEvictable(boolean evictable) {
        account.setEvictable(evictable);
    }

    void close() {
        account.close();
    }

    private long heldBytes() {
        long held = baseBytes + decoder.heldBytes() + next.heldBytes() + out.pendingBytes();
        return served == null ? held : held + served.heldBytes();
    }
}
