// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

/** A transition on the notice board. Repetitions of what is known are no events. */
public sealed interface NoticeEvent {

    /** A notice that asks for nothing yet has appeared. */
    record Advised(Notice notice) implements NoticeEvent {}

    /** An advisory notice is gone. One that has become final meanwhile is not cleared, it is withdrawn with the rest. */
    record AdviceCleared(Notice notice) implements NoticeEvent {}

    /**
     * A final notice is active where none was: act now.
     *
     * @param reclamation the active reclamation
     * @param restored whether the run of the agent before this one has announced it already: everything is carried on,
     *     no listener announces it a second time
     */
    record Noticed(Reclamation reclamation, boolean restored) implements NoticeEvent {
        /** One that was not announced before. */
        public Noticed(Reclamation reclamation) {
            this(reclamation, false);
        }
    }

    /** The deadline of the active reclamation has moved earlier. */
    record DeadlineMoved(Reclamation reclamation) implements NoticeEvent {}

    /** No final notice is active any more. The listener decides whether anything can be undone. */
    record Withdrawn(Reclamation reclamation) implements NoticeEvent {}

    /** Hears of transitions, in order, on the thread that brought the observation. Must not block. */
    @FunctionalInterface
    interface Listener {
        /** Takes one transition. */
        void on(NoticeEvent event);
    }
}
