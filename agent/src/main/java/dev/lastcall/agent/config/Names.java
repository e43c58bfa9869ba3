// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.util.Set;

/** What names that become metric labels may look like. */
final class Names {

    static final ValueType<String> NAME = ValueType
            .text("a name of letters, digits, dots and hyphens, at most 40 characters",
                    "[A-Za-z0-9][A-Za-z0-9.-]{0,39}");

    /** The names of built-in sources, in whatever cloud; a configured one under such a name would be taken for it. */
    static final Set<String> RESERVED_SOURCES = Set.of("aws-spot", "aws-termination-time", "aws-rebalance",
            "aws-maintenance", "aws-asg", "aws-events", "gcp-preempted", "gcp-maintenance", "gcp-upcoming-maintenance",
            "gcp-life-cap", "azure-events", "node-signals", "operator", "os-shutdown");

    private Names() {}
}
