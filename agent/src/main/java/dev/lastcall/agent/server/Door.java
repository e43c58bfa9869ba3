// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

/**
 * Whether new requests get into a server. Thread-safe; both verbs are idempotent, take effect before they return and do
 * not block.
 */
public interface Door {

    /** Lets no new request in from now on. */
    void close();

    /** Lets requests in again. */
    void open();
}
