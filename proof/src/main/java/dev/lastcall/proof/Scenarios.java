// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.time.Duration;
import java.util.List;

import dev.lastcall.agent.demo.CloudProvider;
import dev.lastcall.proof.Scenario.Guard;

/** The runs. */
final class Scenarios {

    /** AWS gives two minutes (EC2 user guide, "Spot Instance interruption notices"). */
    private static final Duration AWS_WINDOW = Duration.ofMinutes(2);
    /** Enough of a window for the same budget to be walked through, its parts shorter. */
    private static final Duration SHORT_WINDOW = Duration.ofSeconds(20);
    /** Compute Engine gives 30 seconds from preemption to the forced stop. */
    private static final Duration GCP_WINDOW = Duration.ofSeconds(30);

    /** Answers of a chat. */
    private static final Duration QUICK = Duration.ofSeconds(2);
    private static final Duration SLOW = Duration.ofSeconds(6);
    /** Answers that a window of 30 s has no room for. */
    private static final Duration TOO_LONG = Duration.ofSeconds(70);

    private Scenarios() {}

    static List<Scenario> all(boolean shortened) {
        Duration aws = shortened ? SHORT_WINDOW : AWS_WINDOW;
        return List.of(
                new Scenario("control", "no agent: SIGTERM at the notice", CloudProvider.AWS, aws, Guard.NONE, QUICK,
                        SLOW),
                new Scenario("aws", "AWS, " + aws.toSeconds() + " s, through the gate", CloudProvider.AWS, aws,
                        Guard.GATE,
                        QUICK,
                        SLOW),
                new Scenario("gcp", "Google Cloud, 30 s, through the gate", CloudProvider.GCP, GCP_WINDOW, Guard.GATE,
                        QUICK,
                        SLOW),
                new Scenario("long", "Google Cloud, 30 s, requests longer than the window", CloudProvider.GCP,
                        GCP_WINDOW,
                        Guard.GATE, TOO_LONG, TOO_LONG),
                new Scenario("gauges", "AWS, " + aws.toSeconds() + " s, no gate: on the server's gauges",
                        CloudProvider.AWS,
                        aws,
                        Guard.GAUGES, QUICK, SLOW));
    }
}
