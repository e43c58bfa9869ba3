// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Duration;
import java.util.List;

import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.MetadataTransport;
import dev.lastcall.metadata.http.TokenContract;

/**
 * How the EC2 metadata service is asked, and what is made of its answers.
 *
 * @param endpoints one endpoint, or two equivalent ones of which the faster is used
 * @param timeout bound on one exchange, the body included
 * @param tokenTtl life time that tokens are asked for
 * @param allowImdsV1 whether to ask without a token where none can be had
 * @param spotPoll how often the two interruption paths are read on a spot instance, or while that is not known
 * @param otherPoll how often they are read on any other; interruptible reservations may use them too
 * @param spotWindow the window where the notice names no usable time
 * @param rebalance what a rebalance recommendation is worth
 * @param maintenance what scheduled events are worth
 * @param scaleIn whether and how the Auto Scaling group is listened to
 */
public record AwsSettings(List<Endpoint> endpoints, Duration timeout, Duration tokenTtl, boolean allowImdsV1,
        Duration spotPoll,
        Duration otherPoll, Duration spotWindow, Rebalance rebalance, Maintenance maintenance, ScaleIn scaleIn) {

    /** The service over IPv4. */
    public static final Endpoint IPV4 = Endpoint.http("169.254.169.254");

    /** The service over IPv6; opt-in per instance, Nitro only ("Use IMDSv2", EC2 User Guide). */
    public static final Endpoint IPV6 = Endpoint.http("fd00:ec2::254");

    /** The two-minute warning ("Spot Instance interruption notices", EC2 User Guide). */
    public static final Duration SPOT_WINDOW = Duration.ofMinutes(2);

    public AwsSettings {
        endpoints = List.copyOf(endpoints);
    }

    /** IPv4, tokens only, 1 s polls on spot and 10 s elsewhere, rebalance advisory, the Auto Scaling group not listened to. */
    public static AwsSettings defaults() {
        return new AwsSettings(List.of(IPV4), MetadataTransport.TIMEOUT, TokenContract.MAX_TTL, false,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                SPOT_WINDOW, Rebalance.defaults(), Maintenance.defaults(), ScaleIn.defaults());
    }

    /** The same, asking elsewhere. */
    public AwsSettings withEndpoints(Endpoint... others) {
        return new AwsSettings(List.of(others), timeout, tokenTtl, allowImdsV1, spotPoll, otherPoll, spotWindow,
                rebalance, maintenance,
                scaleIn);
    }

    /**
     * A rebalance recommendation: a heightened risk, often without an interruption to follow.
     *
     * @param drains whether it asks for the drain
     * @param window the window if it does; it names no time of its own
     * @param poll how often it is read
     */
    public record Rebalance(boolean drains, Duration window, Duration poll) {
        /** Advisory, every 5 s as AWS recommends. */
        public static Rebalance defaults() {
            return new Rebalance(false, SPOT_WINDOW, Duration.ofSeconds(5));
        }
    }

    /**
     * Scheduled events.
     *
     * @param lead how long before its start an event asks for the drain
     * @param retirementNow whether {@code instance-stop} and {@code instance-retirement}, which mean failing hardware, ask for
     *     it as soon as they are announced
     * @param poll how often they are read
     */
    public record Maintenance(Duration lead, boolean retirementNow, Duration poll) {
        /** Ten minutes before the start, whatever the code; read once a minute. */
        public static Maintenance defaults() {
            return new Maintenance(Duration.ofMinutes(10), false, Duration.ofMinutes(1));
        }
    }

    /**
     * The Auto Scaling group's target state. Only of use where a lifecycle hook holds the instance back.
     *
     * @param enabled whether it is read at all
     * @param window how long the hook holds the instance, as far as the drain may use it
     * @param poll how often it is read
     */
    public record ScaleIn(boolean enabled, Duration window, Duration poll) {
        /** Off. */
        public static ScaleIn defaults() {
            return new ScaleIn(false, SPOT_WINDOW, Duration.ofSeconds(5));
        }
    }
}
