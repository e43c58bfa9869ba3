// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a provider says about reclaiming this node, once it has been read, bounded and put on the monotonic clock.
 *
 * @param key its identity
 * @param finality whether and when it asks for the drain
 * @param deadline when the node is gone; null only where the notice is advisory and names no time
 * @param description what the provider said, for people, in at most {@value #MAX_DESCRIPTION} characters
 * @param pastTime the time that the provider names, where it was over by more than a notice can be read late when it was
 *     first read; null otherwise. Such a notice may have been left behind: the board acts on it only once it is confirmed
 */
public record Notice(NoticeKey key, Finality finality, @Nullable Deadline deadline, String description,
        @Nullable Instant pastTime) {

    /** Longest description kept; a provider's text is not trusted to be short. */
    public static final int MAX_DESCRIPTION = 200;

    public Notice {
        if (deadline == null && !(finality instanceof Finality.Advisory)) {
            throw new IllegalArgumentException("a notice that asks for a drain needs a deadline: " + key);
        }
        description = ProviderText.printable(description, MAX_DESCRIPTION);
    }

    /** A notice whose time is ahead, or has just passed. */
    public Notice(NoticeKey key, Finality finality, @Nullable Deadline deadline, String description) {
        this(key, finality, deadline, description, null);
    }

    /** The same with another deadline. */
    public Notice withDeadline(Deadline other) {
        return new Notice(key, finality, other, description, pastTime);
    }
}
