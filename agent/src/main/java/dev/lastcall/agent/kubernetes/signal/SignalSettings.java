// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.signal;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which signals on the node are notices. Immutable.
 *
 * @param rules of the presets and of the configuration
 * @param onlySource whether no other source carries the provider's final notice, so that nothing may be missed here
 */
public record SignalSettings(List<SignalRule> rules, boolean onlySource) {

    /** The node's object is not looked at for notices. */
    public static final SignalSettings NONE = new SignalSettings(List.of(), false);

    public SignalSettings {
        rules = List.copyOf(rules);
    }

    /** The types of the conditions that are read. */
    public Set<String> conditionTypes() {
        return rules.stream()
                .map(SignalRule::signal)
                .filter(Signal.Condition.class::isInstance)
                .map(signal -> ((Signal.Condition) signal).type())
                .collect(Collectors.toSet());
    }
}
