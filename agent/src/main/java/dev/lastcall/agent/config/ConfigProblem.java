// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import dev.lastcall.warmup.text.SafeText;

/**
 * One thing that is wrong with the configuration.
 *
 * @param origin the place to fix it
 * @param key the path of the key, or empty where the file cannot be read at all
 * @param message what is wrong, with the value, and what is allowed
 */
public record ConfigProblem(ValueOrigin origin, String key, String message) {

    public ConfigProblem {
        message = SafeText.of(message);
    }

    /** The whole problem on one line: place, key, what is wrong, what is allowed. */
    @Override
    public String toString() {
        return origin + ": " + (key.isEmpty() ? "" : key + ": ") + message;
    }
}
