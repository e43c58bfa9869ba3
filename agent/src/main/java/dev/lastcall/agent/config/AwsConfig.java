// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * How notices are read on AWS.
 *
 * @param endpoints the instance metadata service; of two, the one that answers first is used
 * @param poll between two looks at the spot notice on spot capacity
 * @param onDemandPoll the same where the instance is not spot
 * @param window what is left at a notice that names no usable time
 * @param tokenTtl life asked for the session token
 * @param imdsv1 whether to fall back to requests without a token
 * @param rebalance the rebalance recommendation
 * @param scheduledEvents announced work on the host or the instance
 * @param lifecycle the Auto Scaling group's wish for this instance
 */
public record AwsConfig(List<URI> endpoints, Duration poll, Duration onDemandPoll, Duration window, Duration tokenTtl,
        boolean imdsv1, Rebalance rebalance, ScheduledEvents scheduledEvents, Lifecycle lifecycle) {

    /**
     * The rebalance recommendation: a heightened risk, often without an interruption to follow.
     *
     * @param drain whether the servers are drained for it
     * @param window what is left then
     * @param poll between two looks
     */
    public record Rebalance(boolean drain, Duration window, Duration poll) {

        static Rebalance read(Section section) {
            return new Rebalance(
                    section.value("drain", ValueType.flag(), false,
                            "Whether the servers are drained for a recommendation; otherwise it is only published."),
                    section.value("window", Limits.LONG_WINDOW, Duration.ofMinutes(2), "Time for that drain."),
                    section.value("poll", Limits.POLL, Duration.ofSeconds(5), "Time between two looks."));
        }
    }

    /**
     * Announced work on the host or the instance.
     *
     * @param lead how long before an event's time the drain begins
     * @param retirementNow whether it begins at once for the codes that mean failing hardware
     * @param poll between two looks
     */
    public record ScheduledEvents(Duration lead, boolean retirementNow, Duration poll) {

        static ScheduledEvents read(Section section) {
            return new ScheduledEvents(
                    section.value("lead", Limits.LONG_WINDOW, Duration.ofMinutes(10),
                            "How long before an event's time the drain begins."),
                    section.value("retirementNow", ValueType.flag(), false,
                            "Whether it begins at once for `instance-stop` and `instance-retirement`, which mean failing "
                                    + "hardware."),
                    section.value("poll", Limits.SLOW_POLL, Duration.ofMinutes(1), "Time between two looks."));
        }
    }

    /**
     * The Auto Scaling group's wish for this instance.
     *
     * @param watch whether it is looked at
     * @param window what is left when the group wants it gone: the lifecycle hook's time-out
     * @param poll between two looks
     */
    public record Lifecycle(boolean watch, Duration window, Duration poll) {

        static Lifecycle read(Section section) {
            return new Lifecycle(
                    section.value("watch", ValueType.flag(), false,
                            "Whether `autoscaling/target-lifecycle-state` is watched; worth it only with a termination hook."),
                    section.value("window", Limits.LONG_WINDOW, Duration.ofMinutes(2),
                            "Time left when the group wants the instance gone; no more than the hook's time-out."),
                    section.value("poll", Limits.POLL, Duration.ofSeconds(5), "Time between two looks."));
        }
    }

    static AwsConfig read(Section section) {
        AwsConfig aws = new AwsConfig(
                section.values("endpoints", ValueType.url(), List.of(URI.create("http://169.254.169.254")),
                        "The instance metadata service, one address or two of which the faster is used; over IPv6 it is "
                                + "`http://[fd00:ec2::254]`."),
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
                section.section("rebalance", Rebalance::read),
                section.section("scheduledEvents", ScheduledEvents::read),
                section.section("lifecycle", Lifecycle::read));
        if (aws.endpoints().isEmpty() || aws.endpoints().size() > 2) {
            section.conflict("endpoints", "must be one address or two");
        }
        return aws;
    }
}
