// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.lastcall.agent.demo.load.FateTable;

/**
 * What came of one run.
 *
 * @param scenario the run
 * @param table what became of every request
 * @param checks the promises, each with what was seen
 */
record RunReport(Scenario scenario, FateTable table, List<Check> checks) {

    RunReport {
        checks = List.copyOf(checks);
    }

    boolean held() {
        return checks.stream().allMatch(Check::held);
    }

    /** The report for people. */
    String text() {
        var text = new StringBuilder();
        text.append(String.format("%n%s: %s%n", scenario.name(), scenario.title()));
        table.lines().forEach(line -> text.append(line).append(System.lineSeparator()));
        checks.forEach(check -> text.append(check).append(System.lineSeparator()));
        return text.toString();
    }

    /** The report for machines. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", scenario.name());
        map.put("title", scenario.title());
        map.put("cloud", scenario.cloud().name().toLowerCase(Locale.ROOT));
        map.put("windowSeconds", scenario.window().toSeconds());
        map.put("guard", scenario.guard().name().toLowerCase(Locale.ROOT));
        map.put("requests", table.toMap());
        map.put("checks", checks);
        map.put("held", held());
        return map;
    }
}
