// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import dev.lastcall.agent.systemd.Attachment;
import dev.lastcall.metadata.NoticeEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file under {@code /run} that exists while a final notice is active. An attached unit has it as a condition, so that
 * systemd does not start a server again on a node that is going. Thread-safe.
 */
public final class TerminationMarkerFile {

    private static final Logger log = LoggerFactory.getLogger(TerminationMarkerFile.class);

    private final Optional<Path> file;
    private final boolean reopens;

    /**
     * @param directory where it is made; empty for nowhere
     * @param reopens whether a notice that is withdrawn lets servers in again
     */
    public TerminationMarkerFile(Optional<Path> directory, boolean reopens) {
        this.file = directory.map(one -> one.resolve(Attachment.GOING_MARK));
        this.reopens = reopens;
    }

    /** Takes away what an earlier agent has left, or sets it up for a drain that goes on. */
    public void begin(boolean going) {
        if (going) {
            set();
        } else {
            clear();
        }
    }

    /** Hears the board after the doors have been closed. */
    void noticed(NoticeEvent event) {
        if (event instanceof NoticeEvent.Noticed) {
            set();
        }
    }

    /** Hears the board before the drains do: a server that is brought back must find it gone. */
    void withdrawn(NoticeEvent event) {
        if (event instanceof NoticeEvent.Withdrawn && reopens) {
            clear();
        }
    }

    /** The last door that a withdrawn notice held is open again. */
    void release() {
        clear();
    }

    private void set() {
        file.ifPresent(path -> {
            try {
                Files.writeString(path, "A final notice is active for this node; see `lastcall status`.\n");
            } catch (IOException failure) {
                log.atWarn()
                        .addKeyValue("file", path)
                        .addKeyValue("reason", failure)
                        .log("systemd may start a server again on this node, which is going");
            }
        });
    }

    private void clear() {
        file.ifPresent(path -> {
            try {
                Files.deleteIfExists(path);
            } catch (IOException failure) {
                log.atWarn()
                        .addKeyValue("file", path)
                        .addKeyValue("reason", failure)
                        .log("the mark of a going node stays; attached servers do not start until it is removed");
            }
        });
    }
}
