// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

/** The state of one server's drain; see {@link DrainMachine} for how they follow each other. */
sealed interface DrainState {

    /** Its name to the outside. */
    Phase phase();

    /** No final notice stands. */
    record Open() implements DrainState {
        @Override
        public Phase phase() {
            return Phase.OPEN;
        }
    }

    /** A drain that has a schedule. */
    sealed interface Scheduled extends DrainState {
        Schedule schedule();
    }

    /** The door is closed; the server has not been told to stop. */
    sealed interface Draining extends Scheduled {
        Evidence evidence();
    }

    /** The door is closed and routers may not know it yet: in flight may still rise. */
    record Settling(Schedule schedule, Evidence evidence) implements Draining {
        @Override
        public Phase phase() {
            return Phase.CLOSED;
        }
    }

    /** Waiting for what is in flight. */
    record Waiting(Schedule schedule, Evidence evidence) implements Draining {
        @Override
        public Phase phase() {
            return Phase.DRAINING;
        }
    }

    /** The budget is spent; what is left is being cut. */
    record Cutting(Schedule schedule, Evidence evidence) implements Draining {
        @Override
        public Phase phase() {
            return Phase.CUTTING;
        }
    }

    /**
     * The server has been told to stop and is not gone yet.
     *
     * @param outcome what the drain's outcome will be once it is gone
     * @param nextKill when to kill it, or to try so again
     * @param killed whether it has been killed at least once
     * @param withdrawn whether the notice has gone away meanwhile
     */
    record Stopping(Schedule schedule, DrainOutcome outcome, long nextKill, boolean killed, boolean withdrawn)
            implements
                Scheduled {
        @Override
        public Phase phase() {
            return Phase.STOPPING;
        }
    }

    /**
     * It is over and the notice stands.
     *
     * @param told whether the server was told to stop, so that it cannot simply be opened again
     */
    record Stopped(Schedule schedule, DrainOutcome outcome, boolean told) implements Scheduled {
        @Override
        public Phase phase() {
            return Phase.STOPPED;
        }
    }

    /** The notice went away after the server had been told to stop. */
    record WithdrawnAfterStop(Schedule schedule) implements Scheduled {
        @Override
        public Phase phase() {
            return Phase.WITHDRAWN_AFTER_STOP;
        }
    }

    /** No final notice stands. */
    DrainState OPEN = new Open();
}
