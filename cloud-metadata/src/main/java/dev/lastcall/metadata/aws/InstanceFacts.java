// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the instance says of itself. Each is empty where it is not known.
 *
 * @param id such as {@code i-0123456789abcdef0}
 * @param type such as {@code p5.48xlarge}
 * @param lifeCycle {@code spot}, {@code on-demand}, or a word for another way to pay
 * @param zone the availability zone
 */
public record InstanceFacts(String id, String type, String lifeCycle, String zone) {

    /** Nothing known yet. */
    public static final InstanceFacts UNKNOWN = new InstanceFacts("", "", "", "");

    /** Whether all that a metadata service always has is known. */
    public boolean isComplete() {
        return !id.isEmpty() && !type.isEmpty() && !lifeCycle.isEmpty() && !zone.isEmpty();
    }

    /** Whether it may be interrupted with a spot notice; so it is taken to be until it is known not to be. */
    public boolean mayBeSpot() {
        return lifeCycle.isEmpty() || lifeCycle.equals("spot");
    }

    /** What is known, by name, in the order to show it. */
    public Map<String, String> byName() {
        Map<String, String> known = new LinkedHashMap<>();
        known.put("instance", id);
        known.put("type", type);
        known.put("life-cycle", lifeCycle);
        known.put("zone", zone);
        known.values().removeIf(String::isEmpty);
        return known;
    }
}
