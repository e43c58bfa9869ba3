// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.time.Duration;

/** Puts a question to a metadata server. Thread-safe. */
@FunctionalInterface
public interface MetadataTransport {

    /** Bound on one plain exchange unless another is set. Link-local answers take milliseconds; what takes this long has failed. */
    Duration TIMEOUT = Duration.ofSeconds(2);

    /**
     * Asks, and blocks the calling virtual thread until there is an answer or the request's bound has passed. Every failure
     * is an answer.
     *
     * @throws InterruptedException if the thread is interrupted; the exchange is then given up
     */
    MetadataAnswer ask(MetadataRequest request) throws InterruptedException;
}
