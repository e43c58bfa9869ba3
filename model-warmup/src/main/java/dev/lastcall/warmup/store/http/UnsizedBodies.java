// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.RangeConnection;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.http.Silences;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;

/**
 * Learns the size of a file whose server says it nowhere, by reading it once: it costs the file a second time, and it is
 * still better than none. Only a body whose end is marked, or for whose bytes a digest vouches, can be known to be whole.
 */
final class UnsizedBodies {

    private static final int BUFFER_BYTES = 256 * 1024;

    /** Without a byte for so long the server is given up. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final Network network;
    private final HttpFollower follower;

    UnsizedBodies(Network network, HttpFollower follower) {
        this.network = network;
        this.follower = follower;
    }

    /**
     * The number of bytes of the body.
     *
     * @param isVouchedFor whether a digest will prove the bytes
     */
    long count(String what, URI address, boolean isVouchedFor) throws StoreException {
        Origin origin = Origin.of(address);
        List<String> headers = new ArrayList<>(List.of("Accept-Encoding: identity", "User-Agent: lastcall"));
        for (Map.Entry<String, String> header : follower.credentialsFor(origin).entrySet()) {
            headers.add(header.getKey() + ": " + header.getValue());
        }
        AtomicLong lastByteAt = new AtomicLong(System.nanoTime());
        try (RangeConnection connection = network.connection();
                ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("warmup-count").daemon().factory())) {
            var _ = watch.scheduleAtFixedRate(() -> {
                if (System.nanoTime() - lastByteAt.get() > SILENCE.toNanos()) {
                    connection.abort();
                }
            }, 1, 1, TimeUnit.SECONDS);
            try {
                return read(connection, what, origin, address, headers, lastByteAt, isVouchedFor);
            } finally {
                watch.shutdownNow();
            }
        } catch (IOException e) {
            throw new StoreException(Silences.of(what, e, StoreProblem.UNREACHABLE), e);
        }
    }

    private static long read(RangeConnection connection, String what, Origin origin, URI address,
            List<String> headers, AtomicLong lastByteAt, boolean isVouchedFor) throws IOException, StoreException {
        ResponseHead head = connection.get(origin, HttpFollower.target(address), headers);
        if (head.status() != 200) {
            throw HttpAnswers.failure(what, address, address, head);
        }
        if (connection.bodyLength().isPresent()) {
            return connection.bodyLength().getAsLong();
        }
        if (head.all("transfer-encoding").isEmpty() && !isVouchedFor) {
            throw new StoreException(new Failure.BadAnswer(StoreFamily.WEB, what, AnswerFault.NO_SIZE));
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        long bytes = 0;
        for (int count = connection.read(buffer); count > 0; count = connection.read(buffer.clear())) {
            bytes += count;
            lastByteAt.set(System.nanoTime());
            if (bytes > RemoteFile.MAX_SIZE_BYTES) {
                throw new StoreException(new Failure.BadAnswer(StoreFamily.WEB, what, AnswerFault.ENDLESS));
            }
        }
        return bytes;
    }
}
