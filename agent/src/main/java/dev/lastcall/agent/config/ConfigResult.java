// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.util.List;

/** What reading the configuration gave: the whole of it, or everything that is wrong with it. */
public sealed interface ConfigResult {

    /**
     * It can be used.
     *
     * @param config the effective configuration
     * @param settings every key with its value and where that came from, in the order of the reference
     */
    record Valid(AgentConfig config, List<Setting> settings) implements ConfigResult {
        public Valid {
            settings = List.copyOf(settings);
        }
    }

    /**
     * It cannot be used.
     *
     * @param problems all of them, at least one, in the order of the file
     */
    record Invalid(List<ConfigProblem> problems) implements ConfigResult {
        public Invalid {
            problems = List.copyOf(problems);
        }
    }
}
