// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.tls;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Ends what is sent on a connection in order, after all that was written; the peer may still send. */
public final class StreamEnd {

    private StreamEnd() {}

    /** Sends TLS's own end first where the connection has TLS. On the channel's event loop. */
    public static void send(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            shut(channel);
        } else {
            tls.closeOutbound().addListener(sent -> shut(channel));
        }
    }

    private static void shut(Channel channel) {
        if (channel.isActive() && channel instanceof DuplexChannel duplex) {
            var _ = duplex.shutdownOutput();
        }
    }
}
