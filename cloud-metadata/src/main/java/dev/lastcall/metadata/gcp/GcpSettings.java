// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import java.time.Duration;

import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.MetadataTransport;

/**
 * How Google's metadata server is asked, and what is made of its answers.
 *
 * @param endpoint the server
 * @param preemptionNotice the window of a preemption: 30 s, or 120 s where the VM was made so, which cannot be
 *     read from inside
 * @param hanging how the keys are watched
 * @param timeout bound on one plain exchange
 * @param terminationNotice how long before it a termination for host maintenance is announced
 * @param maintenanceLead how long before a maintenance the drain is asked for
 * @param upcomingPoll how often upcoming maintenance is read
 * @param lifeCap whether the 24 hours of a preemptible VM are counted
 */
public record GcpSettings(Endpoint endpoint, Duration preemptionNotice, Hanging hanging, Duration timeout,
        Duration terminationNotice,
        Duration maintenanceLead, Duration upcomingPoll, LifeCap lifeCap) {

    /** By address: the name needs a DNS that may be going down with the node. */
    public static final Endpoint SERVER = Endpoint.http("169.254.169.254");

    /** What a preempted VM has without a notice of its own ("Preemptible VM instances", Compute Engine). */
    public static final Duration PREEMPTION_NOTICE = Duration.ofSeconds(30);

    /** What it has where the VM was made with {@code --preemption-notice-duration=120s} (the same document). */
    public static final Duration EXTENDED_PREEMPTION_NOTICE = Duration.ofMinutes(2);

    /** What a VM with GPUs has before a host maintenance terminates it ("GPUs and host maintenance", Compute Engine). */
    public static final Duration TERMINATION_NOTICE = Duration.ofHours(1);

    /** 30 s of window, hanging requests of 30 s, leads of ten minutes, the life cap where the VM can be seen to have one. */
    public static GcpSettings defaults() {
        return new GcpSettings(SERVER, PREEMPTION_NOTICE, Hanging.defaults(), MetadataTransport.TIMEOUT,
                TERMINATION_NOTICE,
                Duration.ofMinutes(10), Duration.ofMinutes(1), LifeCap.AUTO);
    }

    /** The same, asking elsewhere. */
    public GcpSettings withEndpoint(Endpoint other) {
        return new GcpSettings(other, preemptionNotice, hanging, timeout, terminationNotice, maintenanceLead,
                upcomingPoll, lifeCap);
    }

    /** The same with another window of preemption. */
    public GcpSettings withPreemptionNotice(Duration other) {
        return new GcpSettings(endpoint, other, hanging, timeout, terminationNotice, maintenanceLead, upcomingPoll,
                lifeCap);
    }

    /** The same, watching otherwise. */
    public GcpSettings withHanging(Hanging other) {
        return new GcpSettings(endpoint, preemptionNotice, other, timeout, terminationNotice, maintenanceLead,
                upcomingPoll, lifeCap);
    }

    /**
     * How a key is watched.
     *
     * @param held how long the server is asked to hold the request, in whole seconds
     * @param total bound on the held exchange; longer, or the server's own answer is missed
     * @param retry pause after a failure, and between reads of a server that does not hold
     * @param watchdog how often the key is read plainly beside it
     */
    public record Hanging(Duration held, Duration total, Duration retry, Duration watchdog) {
        /** A held request is given up this long after the server should have answered it. */
        private static final Duration SLACK = Duration.ofSeconds(10);
        private static final Duration RETRY = Duration.ofSeconds(1);

        public Hanging {
            if (held.compareTo(Duration.ofSeconds(1)) < 0 || total.compareTo(held) <= 0) {
                throw new IllegalArgumentException(
                        "a request held for " + held + " needs a longer bound than " + total);
            }
        }

        /** Held for 30 s, given up after 40 s, and read plainly every 2 s, so that a dead connection costs 2 s at most. */
        public static Hanging defaults() {
            return of(Duration.ofSeconds(30), Duration.ofSeconds(2));
        }

        /** Held that long, given up 10 s later, and read plainly as often as {@code watchdog} says. */
        public static Hanging of(Duration held, Duration watchdog) {
            return new Hanging(held, held.plus(SLACK), RETRY, watchdog);
        }
    }

    /** Whether the VM is stopped at the age of 24 hours. */
    public enum LifeCap {
        /** As the VM's own scheduling says: preemptible, and its provisioning model is there and is not SPOT. */
        AUTO,
        /** It is. */
        ALWAYS,
        /** It is not. */
        NEVER
    }
}
