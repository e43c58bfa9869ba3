// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.net.InetAddress;

/** The budget of memory that all gates of the process share. */
public interface SessionMemory {

    /**
     * Opens the account of one connection.
     *
     * @param evict ends the connection to make room for others; run on any thread, and only while it is evictable
     */
    Account open(InetAddress client, Runnable evict);

    /** Whether so much is held that each connection is to keep little. */
    boolean isTight();

    /** What one connection holds. */
    interface Account {

        /** Holds so much from now on; false, and as before, if there is no room for it. */
        boolean hold(long bytes);

        /** Holds so much from now on, for it is there. */
        void settle(long bytes);

        /** Lets the connection be ended to make room for others, or protects it. */
        void setEvictable(boolean evictable);

        /** Holds nothing any more. */
        void close();
    }
}
