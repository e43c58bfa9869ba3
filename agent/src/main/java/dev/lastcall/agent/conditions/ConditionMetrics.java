// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.conditions;

import dev.lastcall.agent.telemetry.Metrics;

/** Shows each active condition as a meter. Thread-safe. */
public final class ConditionMetrics implements ConditionBoard.Listener {

    private final Metrics metrics;

    public ConditionMetrics(Metrics metrics, ConditionBoard board) {
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
