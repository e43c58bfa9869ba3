// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.conditions;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each condition once when it becomes active and once when it is over. Thread-safe; does not block. */
public final class ConditionLog implements ConditionBoard.Listener {

    private static final Logger log = LoggerFactory.getLogger(ConditionLog.class);

    @Override
    public void raised(Condition condition) {
        boolean worth = condition.code().severity() != Severity.INFO;
        (worth ? log.atWarn() : log.atInfo())
                .addKeyValue("condition", condition.code().label())
                .addKeyValue("severity", condition.code().severity().label())
                .addKeyValue("subject", condition.subject())
                .addKeyValue("reason", condition.message())
                .addKeyValue("remedy", condition.remedy())
                .log("condition raised");
    }

    @Override
    public void cleared(Condition condition) {
        log.atInfo()
                .addKeyValue("condition", condition.code().label())
                .addKeyValue("subject", condition.subject())
                .log("condition cleared");
    }
}
