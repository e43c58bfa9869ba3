// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

import dev.lastcall.agent.api.ModelAdmin;
import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.status.view.ModelView;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.telemetry.WarmupOutcome;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.warmup.WarmupReport;
import dev.lastcall.warmup.credentials.Environment;

/** The models of the configuration, tied to the agent's interface and its metrics. Made only where there are some. */
public final class WarmModels implements ModelAdmin, AutoCloseable {

    private final Models models;
    private final boolean neededForReadiness;

    /** @param neededForReadiness whether the node is ready only while all of them are warm */
    public WarmModels(List<ModelSettings> configured, CacheSettings cache, boolean neededForReadiness, NodeClock clock,
            BooleanSupplier isReclaimed, Metrics metrics, LoopObserver loops, ConditionBoard board) {
        this.neededForReadiness = neededForReadiness;
        models = new Models(configured, cache, Environment.ofProcess(), clock, isReclaimed,
                new Models.Listener() {
                    @Override
                    public void warm(WarmupReport report) {
                        metrics.warmed(report.model(), WarmupOutcome.WARM, report.took());
                        metrics.fetched(report.model(), report.bytesReceived(), report.files(),
                                report.filesWithoutDigest());
                    }

                    @Override
                    public void ended(String model, WarmupOutcome outcome, Duration took) {
                        metrics.warmed(model, outcome, took);
                    }
                }, loops);
        for (ModelSettings model : configured) {
            metrics.model(model.name(), () -> state(model.name()).phase() == ModelState.Phase.WARM,
                    () -> state(model.name()).bytes(), () -> state(model.name()).bytesDone());
        }
        report(board);
        metrics.cache(models::cacheBytes);
        metrics.evictions(() -> models.evictions().models(), () -> models.evictions().bytes());
    }

    /** Has models that could not be warmed shown on {@code board}. */
    private void report(ConditionBoard board) {
        board.watch(ConditionCode.MODEL_NOT_WARM,
                () -> models.states()
                        .stream()
                        .filter(state -> state.phase() == ModelState.Phase.FAILED
                                || state.phase() == ModelState.Phase.RETRYING)
                        .map(state -> Condition.of(ConditionCode.MODEL_NOT_WARM, state.name(),
                                "is not warm: " + state.problem()))
                        .toList());
    }

    private ModelState state(String name) {
        return models.states()
                .stream()
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no model is called " + name));
    }

    public void start() {
        models.start();
    }

    @Override
    public List<ModelView> models() {
        return models.states()
                .stream()
                .map(state -> new ModelView(state.name(), state.from(), state.phase().label(), state.files(),
                        state.filesDone(), state.bytes(), state.bytesDone(), state.connections(), state.problem(),
                        state.folder().map(Path::toString).orElse("")))
                .toList();
    }

    @Override
    public long limit() {
        return models.limit();
    }

    @Override
    public boolean limitTo(long bytesPerSecond) {
        models.limitTo(bytesPerSecond);
        return true;
    }

    @Override
    public boolean isNeededForReadiness() {
        return neededForReadiness;
    }

    @Override
    public void close() {
        models.close();
    }
}
