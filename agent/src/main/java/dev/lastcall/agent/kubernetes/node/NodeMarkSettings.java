// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.node;

import java.util.List;

/**
 * Which marks a node gets. Immutable.
 *
 * @param node its name
 * @param taint whether it is tainted {@code lastcall.dev/interrupted:NoSchedule}
 * @param cordon whether it is cordoned
 * @param conditions types of the conditions that become true; those of others are only touched where the reason is ours
 * @param events whether events are left on it
 */
public record NodeMarkSettings(String node, boolean taint, boolean cordon, List<String> conditions, boolean events) {

    /** The type of condition that is Lastcall's own. */
    public static final String OWN_CONDITION = "lastcall.dev/Interrupted";

    /** What the name of a node looks like. */
    public static final String NODE_NAME = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?";

    public NodeMarkSettings {
        conditions = List.copyOf(conditions);
        if (!node.matches(NODE_NAME)) {
            throw new IllegalArgumentException("not the name of a node: " + node);
        }
    }

    /** Every mark, under Lastcall's own names. */
    public static NodeMarkSettings of(String node) {
        return new NodeMarkSettings(node, true, true, List.of(OWN_CONDITION), true);
    }
}
