// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import dev.lastcall.metadata.http.Explainer;
import dev.lastcall.metadata.http.MalformedAnswerException;

/** Reads {@code instance/preempted}: {@code TRUE} or {@code FALSE} ("Create and use preemptible VMs", Compute Engine). */
final class PreemptedParser {

    private PreemptedParser() {}

    static boolean isPreempted(String body) throws MalformedAnswerException {
        String value = body.strip();
        boolean preempted = value.equalsIgnoreCase("TRUE");
        if (!preempted && !value.equalsIgnoreCase("FALSE")) {
            throw new MalformedAnswerException("neither TRUE nor FALSE:" + Explainer.quote(value));
        }
        return preempted;
    }
}
