// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

/** Puts a question to a metadata server. Thread-safe. */
@FunctionalInterface
public interface MetadataTransport {

    /**
     * Asks, and blocks the calling virtual thread until there is an answer or the request's bound has passed. Every failure
     * is an answer.
     *
     * @throws InterruptedException if the thread is interrupted; the exchange is then given up
     */
    MetadataAnswer ask(MetadataRequest request) throws InterruptedException;
}
