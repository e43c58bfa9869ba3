// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.time.Duration;

import dev.lastcall.warmup.Warmup;
import dev.lastcall.warmup.WarmupProgress;

/**
 * Looks at one attempt again and again: ends it when the node is being taken back, and lets others have its turn while no
 * byte of it comes.
 */
final class ModelWatch implements Runnable {

    /** A store that sends nothing for so long keeps no other model waiting. */
    static final Duration STALLED = Duration.ofSeconds(10);

    private final Warmup warmup;
    private final ModelJob job;
    private final Models all;

    ModelWatch(Warmup warmup, ModelJob job, Models all) {
        this.warmup = warmup;
        this.job = job;
        this.all = all;
    }

    @Override
    public void run() {
        try {
            long bytes = -1;
            long movedAt = all.clock().nanoTime();
            while (!all.isClosed() && !all.isReclaimed()) {
                all.clock().sleep(ModelKeeper.LOOK);
                WarmupProgress progress = warmup.progress();
                // What comes after the last byte is work of this machine.
                boolean isMoving = progress.bytesDone() != bytes
                        || progress.phase() != WarmupProgress.Phase.FETCHING;
                if (isMoving) {
                    bytes = progress.bytesDone();
                    movedAt = all.clock().nanoTime();
                }
                all.fetchQueue().move(job, all.clock().nanoTime() - movedAt < STALLED.toNanos());
            }
            warmup.cancel();
        } catch (InterruptedException done) {
            Thread.currentThread().interrupt();
        }
    }
}
