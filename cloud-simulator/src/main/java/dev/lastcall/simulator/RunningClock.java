// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import dev.lastcall.simulator.cloud.SimulatorClock;
import dev.lastcall.simulator.script.Fault;
import io.netty.channel.EventLoop;

/** Runs by itself, {@code speed} times as fast as real time; the calendar time is the real one. */
final class RunningClock implements SimulatorClock {

    private final EventLoop loop;
    private final double speed;
    private final long startNanos = System.nanoTime();
    private final Instant start = Instant.now();

    RunningClock(EventLoop loop, double speed) {
        this.loop = loop;
        this.speed = speed;
    }

    @Override
    public Duration position() {
        return Duration.ofNanos((long) ((System.nanoTime() - startNanos) * speed));
    }

    @Override
    public Instant wallAt(Duration position) {
        return start.plusNanos((long) (saturatedNanos(position) / speed));
    }

    @Override
    public Duration positionsIn(Duration wallTime) {
        return Duration.ofNanos((long) (saturatedNanos(wallTime) * speed));
    }

    @Override
    public void after(Duration distance, Runnable task) {
        if (!distance.equals(Fault.FOREVER)) {
            var _ = loop.schedule(task, (long) Math.ceil(saturatedNanos(distance) / speed), TimeUnit.NANOSECONDS);
        }
    }

    private static long saturatedNanos(Duration duration) {
        long limitSeconds = Long.MAX_VALUE / 4 / 1_000_000_000L;
        long seconds = Math.clamp(duration.getSeconds(), -limitSeconds, limitSeconds);
        return seconds * 1_000_000_000L + duration.getNano();
    }
}
