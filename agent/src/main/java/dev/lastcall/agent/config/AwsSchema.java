// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.aws.AwsSettings.Maintenance;
import dev.lastcall.metadata.aws.AwsSettings.Rebalance;
import dev.lastcall.metadata.aws.AwsSettings.ScaleIn;
import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.TokenContract;

/** How notices are read on AWS. */
final class AwsSchema {

    private static final AwsSettings DEFAULT = AwsSettings.defaults();

    private AwsSchema() {}

    /** @param timeout bound on one exchange */
    static AwsSettings read(Section section, Duration timeout) {
        List<URI> endpoints = section.values("endpoints", ValueType.url(),
                DEFAULT.endpoints().stream().map(Endpoint::url).toList(),
                "The instance metadata service, one address or two of which the faster is used; over IPv6 it is "
                        + "`" + AwsSettings.IPV6 + "`.");
        Duration spotPoll = section.value("poll", Limits.POLL, DEFAULT.spotPoll(),
                "Time between two looks at the spot notice on spot capacity.");
        Duration otherPoll = section.value("onDemandPoll", Limits.POLL, DEFAULT.otherPoll(),
                "Time between two looks at the spot notice where the instance is not spot.");
        Duration window = section.value("window", Limits.WINDOW, DEFAULT.spotWindow(),
                "Time left at a notice that names no usable time.");
        AwsSettings aws = new AwsSettings(endpoints.stream().map(Endpoint::of).toList(), timeout,
                section.value("tokenTtl", ValueType.duration(Duration.ofSeconds(1), TokenContract.MAX_TTL),
                        DEFAULT.tokenTtl(), "Life asked for the session token."),
                section.value("imdsv1", ValueType.flag(), DEFAULT.allowImdsV1(),
                        "Whether to fall back to requests without a token where none can be had."),
                spotPoll, otherPoll, window,
                section.section("rebalance", AwsSchema::rebalance),
                section.section("scheduledEvents", AwsSchema::scheduledEvents),
                section.section("lifecycle", AwsSchema::lifecycle));
        if (aws.endpoints().isEmpty() || aws.endpoints().size() > 2) {
            section.conflict("endpoints", "must be one address or two");
        }
        return aws;
    }

    private static Rebalance rebalance(Section section) {
        return new Rebalance(
                section.value("drain", ValueType.flag(), DEFAULT.rebalance().drains(),
                        "Whether the servers are drained for a recommendation; otherwise it is only published."),
                section.value("window", Limits.LONG_WINDOW, DEFAULT.rebalance().window(), "Time for that drain."),
                section.value("poll", Limits.POLL, DEFAULT.rebalance().poll(), "Time between two looks."));
    }

    private static Maintenance scheduledEvents(Section section) {
        return new Maintenance(
                section.value("lead", Limits.LONG_WINDOW, DEFAULT.maintenance().lead(),
                        "How long before an event's time the drain begins."),
                section.value("retirementNow", ValueType.flag(), DEFAULT.maintenance().retirementNow(),
                        "Whether it begins at once for `instance-stop` and `instance-retirement`, which mean failing "
                                + "hardware."),
                section.value("poll", Limits.SLOW_POLL, DEFAULT.maintenance().poll(), "Time between two looks."));
    }

    private static ScaleIn lifecycle(Section section) {
        return new ScaleIn(
                section.value("watch", ValueType.flag(), DEFAULT.scaleIn().enabled(),
                        "Whether `autoscaling/target-lifecycle-state` is watched; worth it only with a termination hook."),
                section.value("window", Limits.LONG_WINDOW, DEFAULT.scaleIn().window(),
                        "Time left when the group wants the instance gone; no more than the hook's time-out."),
                section.value("poll", Limits.POLL, DEFAULT.scaleIn().poll(), "Time between two looks."));
    }
}
