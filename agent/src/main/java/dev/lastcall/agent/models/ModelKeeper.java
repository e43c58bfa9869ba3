// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import dev.lastcall.agent.telemetry.WarmupOutcome;
import dev.lastcall.metadata.SupervisedLoop;
import dev.lastcall.warmup.Stores;
import dev.lastcall.warmup.Warmup;
import dev.lastcall.warmup.WarmupException;
import dev.lastcall.warmup.WarmupReport;
import dev.lastcall.warmup.credentials.CredentialException;
import dev.lastcall.warmup.failure.Words;
import dev.lastcall.warmup.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps one model warm, in a loop of its own: what is whole in the cache is warm at once, and its store is asked beside.
 * Models wait for each other only to fetch.
 */
final class ModelKeeper implements SupervisedLoop.Iteration {

    /** Between two looks whether the node is being taken back; warming stops within a second. */
    static final Duration LOOK = Duration.ofMillis(200);

    /** Between two looks whether a model that is reported warm is still there. */
    private static final Duration TRUTH = Duration.ofSeconds(15);

    private static final Duration NEVER = Duration.ofDays(366);
    private static final Logger log = LoggerFactory.getLogger(ModelKeeper.class);

    private final ModelJob job;
    private final Models all;
    private boolean hasCheckedCache;
    private long dueAt;

    ModelKeeper(ModelJob job, Models all) {
        this.job = job;
        this.all = all;
        this.dueAt = all.clock().nanoTime();
    }

    @Override
    public SupervisedLoop.Next run() throws InterruptedException {
        if (!hasCheckedCache) {
            hasCheckedCache = true;
            guarded(this::checkCache);
        }
        if (all.clock().nanoTime() - dueAt >= 0 || (job.isWarm() && !all.cacheInventory().isShown(job.name()))) {
            Duration pause = guarded(this::look);
            dueAt = all.clock().nanoTime() + pause.toNanos();
        }
        // A model that is not there any more must not be reported warm until the end of a long wait.
        long left = Math.clamp(dueAt - all.clock().nanoTime(), 0, TRUTH.toNanos());
        return SupervisedLoop.Next.after(Duration.ofNanos(left));
    }

    private interface Step {
        Duration run() throws InterruptedException;
    }

    private Duration guarded(Step step) throws InterruptedException {
        try {
            return step.run();
        } catch (RuntimeException | Error fault) {
            log.atError().setCause(fault).addKeyValue("model", job.name()).log("warming a model failed");
            return fail(Words.of("the warming of " + job.name(), fault).line());
        }
    }

    /** Makes it warm as it is, if it is whole: no store is needed for that. */
    private Duration checkCache() throws InterruptedException {
        if (all.isReclaimed()) {
            return Duration.ZERO;
        }
        job.begin();
        try (Store store = open()) {
            Warmup warmup = job.attempt(store, all, () -> {});
            Optional<WarmupReport> standing;
            Thread watch = watch(warmup);
            try {
                standing = warmup.runStanding();
            } finally {
                watch.interrupt();
            }
            if (standing.isPresent()) {
                job.standing(mark());
                tellWarm(standing.get());
                log.atInfo()
                        .addKeyValue("model", job.name())
                        .addKeyValue("bytes", standing.get().bytes())
                        .log("model is warm as it was; its store is asked for a newer version");
            }
        } catch (WarmupException | CredentialException | IOException | IllegalArgumentException cannot) {
            log.atDebug().setCause(cannot).addKeyValue("model", job.name()).log("the cache has no whole version");
        }
        return Duration.ZERO;
    }

    private Store open() throws CredentialException, IOException, InterruptedException {
        return new Stores(all.environment(), all.network()).open(job.settings().address(), job.settings().store());
    }

    /** Does what there is to do; returns when to look again. */
    private Duration look() throws InterruptedException {
        if (job.isWarm()) {
            if (!all.cacheInventory().isShown(job.name()) || !all.cacheInventory().isWhole(job.name())) {
                log.atWarn()
                        .addKeyValue("model", job.name())
                        .log("files of a warm model are gone or damaged: warming it again");
                job.become(ModelState.Phase.WAITING, "");
                all.marking(markers -> markers.cold(job.name()));
            } else if (job.isStoreAsked()) {
                return untilRecheck();
            }
        }
        return all.isReclaimed() ? stopped() : warm();
    }

    private Duration warm() throws InterruptedException {
        job.begin();
        long began = all.clock().nanoTime();
        all.fetchQueue().ask(job);
        try (Store store = open()) {
            Warmup warmup = job.attempt(store, all, () -> all.fetchQueue().await(job));
            Thread watch = watch(warmup);
            try {
                return warmed(warmup.run());
            } finally {
                watch.interrupt();
            }
        } catch (WarmupException.Cancelled stopped) {
            all.listener().ended(job.name(), WarmupOutcome.STOPPED, since(began));
            log.atInfo().addKeyValue("model", job.name()).log("warming stopped; it can go on from here");
            return stopped();
        } catch (WarmupException failed) {
            all.listener().ended(job.name(), WarmupOutcome.FAILED, since(began));
            return failed.isRetryable()
                    ? retry(Words.of(failed.failure()).line())
                    : fail(Words.of(failed.failure()).line());
        } catch (CredentialException denied) {
            return denied.isTransient()
                    ? retry(Words.of(denied.failure()).line())
                    : fail(Words.of(denied.failure()).line());
        } catch (IOException | IllegalArgumentException cannot) {
            return fail(Words.of(job.settings().address(), cannot).line());
        } finally {
            all.fetchQueue().leave(job);
        }
    }

    private Duration since(long began) {
        return Duration.ofNanos(all.clock().nanoTime() - began);
    }

    private Thread watch(Warmup warmup) {
        return Thread.ofVirtual().name("models-watch").start(new ModelWatch(warmup, job, all));
    }

    /** Its files are here. The marker is there before anyone hears that the model is warm. */
    private Path mark() {
        Path shown = all.cacheInventory().shown(job.name());
        all.marking(markers -> markers.warm(job.name(), shown));
        return shown;
    }

    private void tellWarm(WarmupReport report) {
        all.markAll();
        all.cacheInventory().count();
        all.listener().warm(report);
    }

    private Duration warmed(WarmupReport report) {
        int unasked = job.warmIn(mark(), report.storeAway());
        tellWarm(report);
        if (report.filesWithoutDigest() > 0 && unasked <= 1) {
            log.atWarn()
                    .addKeyValue("model", job.name())
                    .addKeyValue("files", report.filesWithoutDigest())
                    .log("the store vouches for files by no digest: they were counted to the byte, not verified;"
                            + " models[].requireDigest refuses that");
        }
        if (report.bytesReceived() > 0) {
            report.notes().forEach(note -> log.atWarn().addKeyValue("model", job.name()).log(note));
        }
        if (unasked <= 1) {
            log.atLevel(unasked == 0 ? Level.INFO : Level.WARN)
                    .addKeyValue("model", job.name())
                    .addKeyValue("bytes", report.bytes())
                    .addKeyValue("received", report.bytesReceived())
                    .addKeyValue("seconds", report.took().toMillis() / 1000.0)
                    .addKeyValue("limit", report.limit())
                    .addKeyValue("reason", report.storeAway())
                    .log(unasked == 0
                            ? "model is warm"
                            : "model is warm as it was; its store could not be asked for a newer version, and is asked again");
        }
        return unasked == 0 ? untilRecheck() : ModelRetries.STANDING.after(unasked);
    }

    private Duration untilRecheck() {
        return all.recheck().isZero() ? NEVER : all.recheck();
    }

    /** A model that is warm stays so: only asking for a newer version was stopped. */
    private Duration stopped() {
        if (!job.isWarm()) {
            job.become(ModelState.Phase.STOPPED, "the node is being taken back; goes on if that is withdrawn");
        }
        return LOOK;
    }

    private Duration retry(String why) {
        int failures = job.failed();
        if (job.isWarm()) {
            return stayWarm(failures, why);
        }
        job.become(ModelState.Phase.RETRYING, why);
        if (failures == 1) {
            log.atWarn()
                    .addKeyValue("model", job.name())
                    .addKeyValue("reason", why)
                    .log("model is not warm yet; it is tried again until it is");
        }
        return ModelRetries.MAY_PASS.after(failures);
    }

    private Duration fail(String why) {
        int failures = job.failed();
        if (job.isWarm()) {
            return stayWarm(failures, why);
        }
        boolean isNew = job.phase() != ModelState.Phase.FAILED || failures == 1;
        job.become(ModelState.Phase.FAILED, why);
        if (isNew) {
            log.atError().addKeyValue("model", job.name()).addKeyValue("reason", why).log("model cannot be warmed");
        }
        return ModelRetries.NEEDS_A_FIX.after(failures);
    }

    /** It is warm, and the store answers: but its newest version cannot be had. */
    private Duration stayWarm(int failures, String why) {
        job.become(ModelState.Phase.WARM, "as it was before; the store's newest version cannot be had: " + why);
        return ModelRetries.STANDING.after(failures);
    }
}
