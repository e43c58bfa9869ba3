// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.conditions;

/** Writes the page of all conditions, docs/conditions.md. */
public final class ConditionReference {

    private ConditionReference() {}

    /** The page. */
    public static String markdown() {
        StringBuilder page = new StringBuilder(
                """
                        # Conditions

                        A condition is one thing that is wrong or missing on a node now. The agent shows the active ones in
                        the log (`condition raised`, `condition cleared`), in `lastcall status`, `/v1/status` and the status
                        page, as the metric `lastcall_condition{condition,severity,subject}`, and in Kubernetes as the node
                        condition `lastcall.dev/Protected`.

                        While one of severity `critical` is active the node is not protected: `/readyz` answers 503 and names it.
                        `/healthz` answers 200 as long as the process works, and `/doorz` as long as the node may be sent requests:
                        routers follow that one, so that a metadata service that fails everywhere takes no serving node out of them.

                        This page is generated from the program.

                        | condition | severity | subject | meaning | what to do |
                        |---|---|---|---|---|
                        """);
        for (ConditionCode code : ConditionCode.values()) {
            page.append("| <a id=\"")
                    .append(code.label())
                    .append("\"></a>`")
                    .append(code.label())
                    .append("` | ")
                    .append(code.severity().label())
                    .append(" | ")
                    .append(code.subject())
                    .append(" | ")
                    .append(code.sentence())
                    .append(" | ")
                    .append(code.remedy())
                    .append(" |\n");
        }
        return page.toString();
    }
}
