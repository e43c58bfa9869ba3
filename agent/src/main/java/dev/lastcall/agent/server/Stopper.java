// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Stops a server's process. Each verb blocks the calling virtual thread for at most its bound and never throws. */
public interface Stopper {

    /** Asks the server to stop: SIGTERM to its main process only, or whatever its way of being stopped is. Sent once. */
    Outcome terminate(Duration bound);

    /** Ends the server without asking. */
    Outcome kill(Duration bound);

    /** Whether the server's process is gone, and all of its processes that were known when it was asked to stop. */
    boolean isGone();

    /** Which of its processes still run though its main one is gone, in a sentence for people; empty where none does. */
    default Optional<String> remains() {
        return Optional.empty();
    }

    /** Whether the server's process is known to run. Blocks the calling thread for a second or two at most; never throws. */
    default boolean isRunning() {
        return false;
    }

    /**
     * The words that its main process was started with; empty where that cannot be seen. Blocks the calling thread for a second
     * or two at most; never throws.
     */
    default List<String> commandLine() {
        return List.of();
    }

    /**
     * What will keep it from stopping the server, found out without touching it, in a sentence for people; empty where
     * nothing is known to. Blocks the calling thread for a second or two at most; never throws.
     */
    default Optional<String> obstacle() {
        return Optional.empty();
    }

    /** Leaves the server running until the node goes. */
    Stopper NONE = new Stopper() {
        @Override
        public Outcome terminate(Duration bound) {
            return Outcome.DONE;
        }

        @Override
        public Outcome kill(Duration bound) {
            return Outcome.DONE;
        }

        @Override
        public boolean isGone() {
            return false;
        }
    };

    /** What came of a verb. */
    sealed interface Outcome {
        /** It was carried out, or the server was gone already. */
        record Done() implements Outcome {}

        /** It could not be carried out. */
        record Failed(String reason) implements Outcome {}

        /** It was carried out, or the server was gone already. */
        Outcome DONE = new Done();
    }
}
