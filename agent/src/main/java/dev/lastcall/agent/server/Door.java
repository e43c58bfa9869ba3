// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

/**
 * Whether new requests get into a server. Thread-safe; both verbs are idempotent, take effect before they return and do
 * not block.
 */
public interface Door {

    /** Lets no new request in from now on. */
    void closeDoor();

    /** Lets requests in again. */
    void openDoor();

    /** No door: the server is reached by ways that the agent does not control. */
    Door NONE = new Door() {
        @Override
        public void closeDoor() {}

        @Override
        public void openDoor() {}
    };
}
