// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import dev.lastcall.warmup.Destination;
import dev.lastcall.warmup.FetchTurn;
import dev.lastcall.warmup.Stores;
import dev.lastcall.warmup.Warmup;
import dev.lastcall.warmup.WarmupProgress;
import dev.lastcall.warmup.WarmupRequest;
import dev.lastcall.warmup.store.Store;
import org.jspecify.annotations.Nullable;

/** One model of the configuration and its state. What is not final is written by the one worker that has it in hand. */
final class ModelJob {

    private final ModelSettings settings;
    private volatile ModelState.Phase phase = ModelState.Phase.WAITING;
    private volatile String problem = "";
    private volatile @Nullable Path folder;
    private volatile @Nullable Warmup warmup;
    private @Nullable Warmup attempt;
    private volatile boolean isStoreAsked = true;
    private int failures;

    ModelJob(ModelSettings settings) {
        this.settings = settings;
    }

    ModelSettings settings() {
        return settings;
    }

    String name() {
        return settings.name();
    }

    ModelState.Phase phase() {
        return phase;
    }

    void become(ModelState.Phase next, String why) {
        problem = why;
        phase = next;
    }

    /** A model that is warm stays so while its store is asked again. */
    void begin() {
        if (!isWarm()) {
            become(ModelState.Phase.WARMING, "");
        }
    }

    /**
     * It is warm.
     *
     * @param storeAway why the store could not be asked; empty where it was
     * @return how often in a row it could not be asked
     */
    int warmIn(Path where, String storeAway) {
        folder = where;
        warmup = attempt;
        isStoreAsked = storeAway.isEmpty();
        failures = isStoreAsked ? 0 : isWarm() ? failures + 1 : 1;
        become(ModelState.Phase.WARM,
                isStoreAsked ? "" : "as it was before; its store could not be asked for a newer version: " + storeAway);
        return failures;
    }

    /**
     * It is warm as it was; its store has not been asked yet.
     *
     * @param where its files are
     */
    void standing(Path where) {
        folder = where;
        warmup = attempt;
        isStoreAsked = false;
        become(ModelState.Phase.WARM, "as it was before; its store is being asked for a newer version");
    }

    boolean isWarm() {
        return phase == ModelState.Phase.WARM;
    }

    /** Whether the store said that what is there is what it has. */
    boolean isStoreAsked() {
        return isStoreAsked;
    }

    /** Counts a failure; returns how many there were in a row. */
    int failed() {
        return ++failures;
    }

    /** An attempt, which {@link #state} follows from here on. */
    Warmup attempt(Store store, Models all, FetchTurn turn) throws IOException {
        WarmupRequest request = WarmupRequest.of(name())
                .withSelection(settings.selection())
                .withVerify(verify())
                .withSettings(all.settings().engine().withChangePolicy(settings.onChange()));
        if (settings.requireDigest()) {
            request = request.withDigestsRequired();
        }
        Optional<Stores.HubRepository> hub = Stores.hubRepository(settings.address());
        if (hub.isPresent()) {
            request = request.withHub(hub.get().name(), hub.get().revision());
        }
        Warmup begun = new Warmup(store, new Destination.Cache(all.cacheInventory().cache()), request, all.bandwidth(),
                turn);
        attempt = begun;
        if (!isWarm()) {
            warmup = begun;
        }
        return begun;
    }

    /** What was read when it became warm is not read again because the store is asked again. */
    private WarmupRequest.Verify verify() {
        return isWarm() ? WarmupRequest.Verify.SIZE : settings.verify();
    }

    ModelState state() {
        Warmup newest = warmup;
        WarmupProgress progress = newest == null ? null : newest.progress();
        return progress == null
                ? new ModelState(name(), settings.from(), phase, 0, 0, 0, 0, 0, problem, Optional.empty())
                : new ModelState(name(), settings.from(), phase, progress.files(), progress.filesDone(),
                        progress.bytes(),
                        progress.bytesDone(), phase == ModelState.Phase.WARMING ? progress.connections() : 0, problem,
                        phase == ModelState.Phase.WARM ? Optional.ofNullable(folder) : Optional.empty());
    }
}
