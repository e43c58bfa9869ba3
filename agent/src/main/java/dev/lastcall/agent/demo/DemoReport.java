// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import dev.lastcall.agent.demo.load.FateTable;
import dev.lastcall.agent.demo.load.Verdict;

/**
 * What came of a demo.
 *
 * @param options its options
 * @param table what became of every request
 * @param drained whether the drain was over by the deadline; true where there was none
 */
record DemoReport(DemoOptions options, FateTable table, boolean drained) {

    int lost() {
        return table.count(Verdict.LOST);
    }

    boolean isGood() {
        return lost() == 0 && drained;
    }

    /** The last word. */
    String verdict() {
        int asked = table.rows().values().stream().mapToInt(FateTable.Row::total).sum();
        if (!options.withLastcall()) {
            return lost() + " of " + asked + " requests were lost. That is what Lastcall is for: run it without "
                    + "--without-lastcall.";
        }
        String late = drained ? "" : " The drain was not over by the deadline.";
        int cut = table.count(Verdict.CUT);
        return (lost() == 0 ? "No request was lost" : lost() + " of " + asked + " requests were lost")
                + (cut == 0 ? "." : "; " + cut + " did not fit in the window; their clients got an error.") + late;
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("cloud", options.cloud().name().toLowerCase(Locale.ROOT));
        map.put("windowSeconds", options.window().toSeconds());
        map.put("streamingClients", options.streaming());
        map.put("plainClients", options.plain());
        map.put("withLastcall", options.withLastcall());
        map.put("drained", drained);
        map.put("requests", table.toMap());
        return map;
    }
}
