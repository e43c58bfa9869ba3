// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import dev.lastcall.agent.values.Secret;
import dev.lastcall.warmup.text.SafeText;

/**
 * One key of the configuration: what it is for, and what it is set to and by whom.
 *
 * @param key its path, such as {@code servers[0].gate.listen}; a list's template is {@code servers[]}
 * @param allowed what may be written there
 * @param defaultValue what holds when it is not set, in words where it is no value
 * @param value what holds now; {@link #MASK} for a secret that is set
 * @param isSet whether it is set
 * @param origin who
 * @param about what it does
 */
public record Setting(String key, String allowed, String defaultValue, String value, boolean isSet, ValueOrigin origin,
        String about) {

    public Setting {
        value = SafeText.of(value);
    }

    /** Shown in place of a secret. */
    public static final String MASK = Secret.MASK;
}
