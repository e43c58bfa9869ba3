// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.util.OptionalLong;

/** The state of one server's drain; see {@link DrainMachine} for how they follow each other. */
sealed interface DrainState {

    /** Its name to the outside. */
    Phase phase();

    /** Whether a drain is on. */
    default boolean isActive() {
        return phase().isActive();
    }

    /** Whether it is worth to read what is in flight. */
    default boolean isReadIn() {
        return this instanceof Announcing || this instanceof Draining || this instanceof Confirming;
    }

    /** No final notice is active. */
    record Open() implements DrainState {
        @Override
        public Phase phase() {
            return Phase.OPEN;
        }
    }

    /** A drain that has a schedule. */
    sealed interface Scheduled extends DrainState {
        DrainSchedule schedule();
    }

    /**
     * Routers are asked to go elsewhere, and requests still get in that will be over before the cut.
     *
     * @param quickest how long the quickest of them will probably take, in nanoseconds
     * @param refusing whether clients that connect are refused already
     */
    record Announcing(DrainSchedule schedule, long quickest, boolean refusing) implements Scheduled {
        @Override
        public Phase phase() {
            return Phase.ANNOUNCING;
        }

        /** When the door has to be closed. */
        long closeAt() {
            return schedule.closeAt(quickest);
        }

        /** When time alone changes it: connections are refused first, then the door is closed. */
        long nextAt() {
            return refusing ? closeAt() : closeAt() - DrainPolicy.REFUSED_BEFORE_CLOSED.toNanos();
        }
    }

    /** The door is closed; the server has not been asked to stop. */
    sealed interface Draining extends Scheduled {
        IdleEvidence idleEvidence();
    }

    /** The door is closed and routers may not know it yet: in flight may still rise. */
    record Settling(DrainSchedule schedule, IdleEvidence idleEvidence) implements Draining, Resumable {
        @Override
        public Phase phase() {
            return Phase.SETTLING;
        }
    }

    /**
     * The agent was restarted in mid-drain. The door is closed, and nothing that cannot be taken back is done until a source
     * confirms the notice: it may be withdrawn by now.
     *
     * @param next where the drain goes on, as far as the earlier process had come
     * @param until when it goes on unconfirmed, to keep its deadline; empty where the deadline had passed at the restart
     */
    record Confirming(DrainSchedule schedule, Resumable next, OptionalLong until) implements Scheduled {
        @Override
        public Phase phase() {
            return next.phase();
        }

        /** Whether the deadline had passed at the restart, so that only a confirmation ends it. */
        boolean isOverdue() {
            return until.isEmpty();
        }
    }

    /** Where a drain may go on after a restart of the agent. No process that still lives admitted what is in flight then. */
    sealed interface Resumable extends Scheduled {}

    /** Waiting for what is in flight. */
    record Waiting(DrainSchedule schedule, IdleEvidence idleEvidence) implements Draining {
        @Override
        public Phase phase() {
            return Phase.DRAINING;
        }
    }

    /** The budget is spent; what is left is being cut. */
    record Cutting(DrainSchedule schedule, IdleEvidence idleEvidence) implements Draining {
        @Override
        public Phase phase() {
            return Phase.CUTTING;
        }
    }

    /**
     * The server has been asked to stop and is not gone yet.
     *
     * @param outcome what the drain's outcome will be once it is gone
     * @param nextKill when to kill it, or to try so again
     * @param killed whether it has been killed at least once
     * @param withdrawn whether the notice has gone away meanwhile
     */
    record Stopping(DrainSchedule schedule, DrainOutcome outcome, long nextKill, boolean killed, boolean withdrawn)
            implements
                Resumable {
        @Override
        public Phase phase() {
            return Phase.STOPPING;
        }
    }

    /**
     * It is over and the notice is active.
     *
     * @param stopSent whether the server was asked to stop, so that it cannot simply be opened again
     */
    record Stopped(DrainSchedule schedule, DrainOutcome outcome, boolean stopSent) implements Scheduled {
        @Override
        public Phase phase() {
            return Phase.STOPPED;
        }
    }

    /** The notice went away after the server had been asked to stop. */
    record WithdrawnAfterStop(DrainSchedule schedule) implements Scheduled {
        @Override
        public Phase phase() {
            return Phase.WITHDRAWN_AFTER_STOP;
        }
    }
}
