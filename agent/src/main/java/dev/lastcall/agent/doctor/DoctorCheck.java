// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.util.List;

/**
 * One look at the node. It runs on a thread of its own, is interrupted when its time is over, and changes nothing.
 *
 * @param area what it is about
 * @param subject which of them, for the line that reports that it hangs
 * @param hint what to type where it hangs or fails by itself
 * @param look finds what there is to find; one that finds nothing has nothing to look at
 */
record DoctorCheck(FindingArea area, String subject, String hint, Look look) {

    /** The look itself. */
    @FunctionalInterface
    interface Look {
        /** What it found. Whatever it throws becomes a finding. */
        List<NodeFinding> run() throws Exception;
    }
}
