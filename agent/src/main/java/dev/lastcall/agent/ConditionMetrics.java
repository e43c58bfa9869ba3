// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.telemetry.Metrics;

/** Shows each active condition as a meter. Thread-safe. */
final class ConditionMetrics implements ConditionBoard.Listener {

    private final Metrics metrics;

    ConditionMetrics(Metrics metrics, ConditionBoard board) {
        this.metrics = metrics;
        metrics.isProtected(board::isProtected);
    }

    @Override
    public void raised(Condition condition) {
        metrics.conditionRaised(condition.code().label(), condition.code().severity().label(), condition.subject());
    }

    @Override
    public void cleared(Condition condition) {
        metrics.conditionCleared(condition.code().label(), condition.code().severity().label(), condition.subject());
    }
}
