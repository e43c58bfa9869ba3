// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The state of a model.
 *
 * @param name its name
 * @param from its store's address
 * @param phase what is done with it
 * @param files how many; 0 until it is listed
 * @param filesDone have their names
 * @param bytes of all files
 * @param bytesDone in place
 * @param connections at work
 * @param problem why it is not warm, with the remedy, or what is open though it is; empty if nothing is wrong
 * @param folder where its files are, once it is warm
 */
public record ModelState(String name, String from, Phase phase, int files, int filesDone, long bytes, long bytesDone,
        int connections, String problem, Optional<Path> folder) {

    /** What is done with a model. */
    public enum Phase {
        /** Its turn has not come. */
        WAITING("waiting"),
        /** It is listed, looked at or fetched. */
        WARMING("warming"),
        /** All its files are in the cache, verified. */
        WARM("warm"),
        /** The node is being taken back: it goes on if that is withdrawn. */
        STOPPED("stopped"),
        /** What failed may pass, and is tried again. */
        RETRYING("retrying"),
        /** A person must act. */
        FAILED("failed");

        private final String label;

        Phase(String label) {
            this.label = label;
        }

        /** The same in status, documents and logs. */
        public String label() {
            return label;
        }
    }
}
