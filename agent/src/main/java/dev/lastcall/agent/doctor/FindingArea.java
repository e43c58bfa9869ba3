// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.util.Locale;

/** What a finding is about, in the order of the table. */
public enum FindingArea {
    /** The configuration as it is on this node. */
    CONFIG,
    /** The running agent. */
    AGENT,
    /** The cloud and its sources of notices. */
    METADATA,
    /** How the window is divided at the next notice. */
    SCHEDULE,
    /** The inference servers. */
    SERVER,
    /** Addresses that the agent listens on. */
    PORT,
    /** What the agent may do. */
    RIGHTS,
    /** The agent's state directory. */
    STATE,
    /** Units and time-outs of systemd. */
    SYSTEMD,
    /** How the kubelet shuts the node down. */
    KUBELET,
    /** The API server and what it allows. */
    CLUSTER,
    /** The disk that models are kept on. */
    CACHE,
    /** The stores that models come from. */
    MODEL,
    /** The node's calendar. */
    CLOCK;

    /** The name in the table and in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
