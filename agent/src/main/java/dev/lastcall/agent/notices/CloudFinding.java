// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.util.Locale;

import dev.lastcall.metadata.cloud.Cloud;

/**
 * What is known of the cloud that this node is in.
 *
 * @param state how far the question is answered
 * @param cloud the cloud; {@link Cloud#NONE} where there is none, and as long as it is not known
 * @param evidence what decided, or what was found instead, for people
 */
public record CloudFinding(State state, Cloud cloud, String evidence) {

    /** The detection has not looked yet. */
    static final CloudFinding DETECTING = new CloudFinding(State.DETECTING, Cloud.NONE, "nothing was asked yet");

    /** The configuration says that there is none. */
    static final CloudFinding NONE = new CloudFinding(State.NONE_CONFIGURED, Cloud.NONE, "`cloud: none` is configured");

    /** How far the question is answered. */
    public enum State {
        /** It is asked again and again. */
        DETECTING,
        /** It is answered. */
        FOUND,
        /** The configuration says that there is none. */
        NONE_CONFIGURED;

        /** The name in JSON and in text. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }
}
