// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.util.List;

/** The reference page of the configuration, made from the same lines that read it. */
public final class ConfigReference {

    private static final String HEAD = """
            # Configuration

            <!-- Made from the program. Renew it with: mvn -pl agent -am test -Dtest=ConfigReferenceTest \\
                 -Dsurefire.failIfNoSpecifiedTests=false -Dlastcall.renew=true -->

            One YAML file, `/etc/lastcall/lastcall.yaml`; `lastcall run --config FILE` or `LASTCALL_CONFIG` names another.
            Every key is optional unless it says *required*. Environment variables win over the file, and flags
            (`--set KEY=VALUE`, and those that `lastcall run --help` lists) win over both.

            `lastcall config check` reports what is wrong; `lastcall config show` shows each value and where it was set;
            `lastcall config reference` prints this page.
            `lastcall config schema` prints the file's JSON Schema, from which an editor completes keys and marks mistakes: put it
            into `lastcall.schema.json` and start your file with `# yaml-language-server: $schema=lastcall.schema.json`.

            - Durations are `500ms`, `30s`, `2m`, `1m30s`, `24h`.
            - A list in the environment or in a flag is parted by commas: `LASTCALL_DISCOVERY_PORTS=8000,8080`; `[]` is the
              empty list.
            - The variable of a key is `LASTCALL_` and its path in capitals: `gcp.preemptionNotice` is
              `LASTCALL_GCP_PREEMPTION_NOTICE`. `[]` means an element of a list, counted from 0: the first server's `url`
              is `servers[0].url` in a flag and `LASTCALL_SERVERS_0_URL` in the environment. An empty variable counts as not
              set.
            - Unknown keys, duplicate keys and impossible values are errors; so are YAML's anchors, aliases and tags.
            """;

    private ConfigReference() {}

    /** The whole page, in Markdown. */
    public static String markdown() {
        StringBuilder page = new StringBuilder(HEAD);
        String section = null;
        for (Setting setting : ConfigReader.describe()) {
            int dot = setting.key().lastIndexOf('.');
            String of = dot < 0 ? "" : setting.key().substring(0, dot);
            if (!of.equals(section)) {
                section = of;
                page.append("\n## ")
                        .append(of.isEmpty() ? "Top level" : '`' + of + '`')
                        .append("\n\n| key | default | allowed | |\n|---|---|---|---|\n");
            }
            page.append(row(setting, setting.key().substring(dot + 1)));
        }
        return page.toString();
    }

    private static String row(Setting setting, String name) {
        boolean words = List.of("none", "required").contains(setting.defaultValue())
                || setting.defaultValue().contains(" ");
        String shown = words && !setting.defaultValue().startsWith("[")
                ? setting.defaultValue()
                : '`' + setting.defaultValue() + '`';
        return "| `%s` | %s | %s | %s |%n".formatted(name, shown, escape(setting.allowed()), escape(setting.about()));
    }

    private static String escape(String text) {
        return text.replace("|", "\\|");
    }
}
