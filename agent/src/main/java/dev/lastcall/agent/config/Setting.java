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
 * @param form what may stand there in YAML
 */
public record Setting(String key, String allowed, String defaultValue, String value, boolean isSet, ValueOrigin origin,
        String about, Form form) {

    public Setting {
        value = SafeText.of(value);
    }

    /** The default of a key that must be given. */
    static final String REQUIRED = "required";

    /** What may stand at a key: one value or a list of them, which may be left out or not. */
    record Form(ValueShape shape, boolean list, boolean required) {}

    /** Shown in place of a secret. */
    public static final String MASK = Secret.MASK;
}
