// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.util.List;

import dev.lastcall.agent.config.Setting;

/** The manual page {@code lastcall.yaml(5)}, in roff, out of the lines that read the configuration. */
final class ConfigPage {

    static final String FILE = "lastcall.yaml.5";

    private ConfigPage() {}

    static String of(List<Setting> settings, String version, String date) {
        StringBuilder page = new StringBuilder("""
                .TH "lastcall.yaml" 5 "%s" "Lastcall %s" "Lastcall"
                .SH NAME
                lastcall.yaml \\- configuration of Lastcall
                .SH DESCRIPTION
                One YAML file, \\fI/etc/lastcall/lastcall.yaml\\fR.
                Every key is optional unless it is said to be required.
                Environment variables win over the file, and flags win over both.
                Durations are written 500ms, 30s, 2m or 1m30s.
                Unknown keys and impossible values are errors; \\fBlastcall config check\\fR lists them all, and
                \\fBlastcall config show\\fR shows each value and where it comes from.
                .PP
                The variable of a key is LASTCALL_ and its path in capitals: LASTCALL_GCP_PREEMPTION_NOTICE is
                gcp.preemptionNotice, and LASTCALL_SERVERS_0_URL is servers[0].url.
                .SH KEYS
                """.formatted(date, version));
        for (Setting setting : settings) {
            page.append(".TP\n\\fB")
                    .append(ManPage.inline(setting.key()))
                    .append("\\fR\n")
                    .append(ManPage.roff(setting.about()).replace("`", ""))
                    .append("\nAllowed: ")
                    .append(ManPage.inline(setting.allowed()))
                    .append(".\nDefault: ")
                    .append(ManPage.inline(setting.defaultValue()))
                    .append(".\n");
        }
        return page.append(".SH \"SEE ALSO\"\n\\fBlastcall\\fR(1)\n").toString();
    }
}
