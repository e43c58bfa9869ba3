// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.util.Optional;

/** Approves an event at the provider, so that it does not wait for the time it has named. Not every provider allows that. Thread-safe. */
public interface EventApproval {

    /** Whether it is wanted that events are approved once nothing is in flight any more. */
    boolean approvesWhenIdle();

    /**
     * Lets the event behind a notice start now. Blocks the calling virtual thread for at most one exchange.
     *
     * @return why it was not approved; empty where it was
     */
    Optional<MetadataProblem> approve(NoticeKey key) throws InterruptedException;

    /** The provider does not ask. */
    EventApproval NONE = new EventApproval() {
        @Override
        public boolean approvesWhenIdle() {
            return false;
        }

        @Override
        public Optional<MetadataProblem> approve(NoticeKey key) {
            return Optional.of(new MetadataProblem(MetadataProblem.Kind.DENIED, "this provider takes no approvals"));
        }
    };
}
