// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.node;

/** What on a node's object is Lastcall's own, so that the agent never takes it for the word of another. */
public final class OwnMarks {

    private static final String KEY_PREFIX = "lastcall.dev/";

    /** Kubernetes puts this taint on a node that is cordoned, and a cordon is one of the marks. */
    private static final String CORDON_TAINT = "node.kubernetes.io/unschedulable";

    private OwnMarks() {}

    /** Whether a label, an annotation, a taint or a type of condition of this name is ours. */
    public static boolean isOwnName(String name) {
        return name.startsWith(KEY_PREFIX);
    }

    /** Whether a taint of this key is ours, or follows from a mark of ours. */
    public static boolean isOwnTaint(String key) {
        return isOwnName(key) || key.equals(CORDON_TAINT);
    }

    /** Whether a condition with this reason is ours, whatever its type is. */
    public static boolean isOwnReason(String reason) {
        return reason.startsWith(Mark.REASON_PREFIX);
    }
}
