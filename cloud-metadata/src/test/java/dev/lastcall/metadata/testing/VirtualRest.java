// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.testing;

import java.lang.management.ManagementFactory;

import jdk.management.VirtualThreadSchedulerMXBean;

/** Waits until no virtual thread has anything to do, so that a test can move its clock without being ahead of any. */
public final class VirtualRest {

    private static final VirtualThreadSchedulerMXBean SCHEDULER = ManagementFactory
            .getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

    /** The scheduler's counts are estimates: at rest for so many looks in a row is at rest. */
    private static final int LOOKS = 5;

    private VirtualRest() {}

    /** Waits; bounded by {@link ManualClock#PATIENCE}. */
    public static void await() {
        long end = System.nanoTime() + ManualClock.PATIENCE.toNanos();
        for (int quiet = 0; quiet < LOOKS;) {
            boolean rests = SCHEDULER.getQueuedVirtualThreadCount() == 0
                    && SCHEDULER.getMountedVirtualThreadCount() == 0;
            quiet = rests ? quiet + 1 : 0;
            if (!rests) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("virtual threads do not come to rest");
                }
                Thread.onSpinWait();
            }
        }
    }
}
