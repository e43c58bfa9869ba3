// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.time.Duration;

/**
 * How notices are read on AWS.
 *
 * @param endpoint the instance metadata service
 * @param poll between two looks at the spot notice on spot capacity
 * @param onDemandPoll the same where the instance is not spot
 * @param window what is left at a notice that names no usable time
 * @param tokenTtl life asked for the session token
 * @param imdsv1 whether to fall back to requests without a token
 * @param rebalance what a rebalance recommendation leads to
 * @param rebalancePoll between two looks at it
 * @param scheduledEvents what announced work on the host or the instance leads to
 * @param lifecycle the Auto Scaling group's wish for this instance
 */
public record AwsConfig(URI endpoint, Duration poll, Duration onDemandPoll, Duration window, Duration tokenTtl,
        boolean imdsv1, Rebalance rebalance, Duration rebalancePoll, ScheduledEvents scheduledEvents,
        Lifecycle lifecycle) {

    /** What a rebalance recommendation leads to. */
    public enum Rebalance {
        /** It is published. */
        ADVISE,
        /** The servers are drained, within the window. */
        DRAIN
    }

    /**
     * What each code of a scheduled event leads to.
     *
     * @param poll between two looks
     */
    public record ScheduledEvents(Duration poll, EventPolicy instanceStop, EventPolicy instanceRetirement,
            EventPolicy instanceReboot, EventPolicy systemReboot, EventPolicy systemMaintenance) {

        private static final Duration POLL = Duration.ofMinutes(1);
        private static final EventPolicy LEAD = new EventPolicy.Before(Duration.ofMinutes(10));

        static ScheduledEvents read(Section section) {
            return new ScheduledEvents(
                    section.value("poll", Limits.SLOW_POLL, POLL, "Time between two looks at the scheduled events."),
                    section.value("instanceStop", ValueType.policy(), LEAD, "What `instance-stop` leads to."),
                    section.value("instanceRetirement", ValueType.policy(), LEAD,
                            "What `instance-retirement` leads to."),
                    section.value("instanceReboot", ValueType.policy(), LEAD, "What `instance-reboot` leads to."),
                    section.value("systemReboot", ValueType.policy(), LEAD, "What `system-reboot` leads to."),
                    section.value("systemMaintenance", ValueType.policy(), LEAD,
                            "What `system-maintenance` leads to."));
        }
    }

    /**
     * The Auto Scaling group's wish for this instance.
     *
     * @param watch whether it is looked at
     * @param poll between two looks
     * @param window what is left when the group wants it gone: the lifecycle hook's time-out
     */
    public record Lifecycle(boolean watch, Duration poll, Duration window) {

        static Lifecycle read(Section section) {
            return new Lifecycle(
                    section.value("watch", ValueType.flag(), false,
                            "Whether `autoscaling/target-lifecycle-state` is watched; worth it only with a termination hook."),
                    section.value("poll", Limits.POLL, Duration.ofSeconds(5), "Time between two looks at it."),
                    section.value("window", Limits.LONG_WINDOW, Duration.ofMinutes(2),
                            "Time left when the group wants the instance gone; no more than the hook's time-out."));
        }
    }

    static AwsConfig read(Section section) {
        return new AwsConfig(
                section.value("endpoint", ValueType.url(), URI.create("http://169.254.169.254"),
                        "The instance metadata service; `http://[fd00:ec2::254]` where only IPv6 is enabled."),
                section.value("poll", Limits.POLL, Duration.ofSeconds(1),
                        "Time between two looks at the spot notice on spot capacity."),
                section.value("onDemandPoll", Limits.POLL, Duration.ofSeconds(10),
                        "Time between two looks at the spot notice where the instance is not spot."),
                section.value("window", Limits.WINDOW, Duration.ofMinutes(2),
                        "Time left at a notice that names no usable time."),
                section.value("tokenTtl", ValueType.duration(Duration.ofSeconds(1), Duration.ofHours(6)),
                        Duration.ofHours(6), "Life asked for the session token."),
                section.value("imdsv1", ValueType.flag(), false,
                        "Whether to fall back to requests without a token where none can be had."),
                section.value("rebalance", ValueType.word(Rebalance.values()), Rebalance.ADVISE,
                        "What a rebalance recommendation leads to."),
                section.value("rebalancePoll", Limits.POLL, Duration.ofSeconds(5),
                        "Time between two looks at the rebalance recommendation."),
                section.section("scheduledEvents", ScheduledEvents::read),
                section.section("lifecycle", Lifecycle::read));
    }
}
