// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.util.Set;

import dev.lastcall.metadata.http.Explainer;
import dev.lastcall.metadata.http.MalformedAnswerException;

/**
 * Reads {@code autoscaling/target-lifecycle-state}: one word ("Retrieve the target lifecycle state through instance metadata",
 * EC2 Auto Scaling User Guide).
 */
final class LifecycleStateParser {

    private static final String TERMINATED = "Terminated";

    /** States in which the group does not take the instance out: those of the warm pool hold an instance that does not serve. */
    private static final Set<String> OTHERS = Set.of("Detached", "InService", "Standby", "Warmed:Hibernated",
            "Warmed:Running",
            "Warmed:Stopped", "Warmed:Terminated");

    private LifecycleStateParser() {}

    /** Whether the group is taking this instance out. */
    static boolean isTerminated(String body) throws MalformedAnswerException {
        String state = body.strip();
        if (!state.equals(TERMINATED) && !OTHERS.contains(state)) {
            throw new MalformedAnswerException("no known lifecycle state:" + Explainer.quote(state));
        }
        return state.equals(TERMINATED);
    }
}
