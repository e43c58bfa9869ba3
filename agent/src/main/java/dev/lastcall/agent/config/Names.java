// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

/** What names that become metric labels may look like. */
final class Names {

    static final ValueType<String> NAME = ValueType
            .text("a name of letters, digits, dots and hyphens, at most 40 characters",
                    "[A-Za-z0-9][A-Za-z0-9.-]{0,39}");

    private Names() {}
}
