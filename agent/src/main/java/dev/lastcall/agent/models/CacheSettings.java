// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.nio.file.Path;
import java.time.Duration;

import dev.lastcall.agent.values.ByteRate;
import dev.lastcall.agent.values.ByteSize;
import dev.lastcall.agent.values.Quota;
import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.fetch.FetchSettings;

/**
 * Where models are kept and how they are fetched.
 *
 * @param path the directory, on the node's fastest disk
 * @param quota how much of that file system all models may use together
 * @param reserve bytes always left free there
 * @param bandwidth limit of all fetching together
 * @param modelsAtOnce how many models are fetched at a time
 * @param recheck between two looks at models that are warm
 * @param markers where a file says that a model is warm
 * @param engine how one model is fetched
 */
public record CacheSettings(Path path, Quota quota, ByteSize reserve, ByteRate bandwidth, int modelsAtOnce,
        Duration recheck, Path markers, FetchSettings engine) {

    /** Most of the disk, one model at a time. */
    public static final CacheSettings DEFAULT = new CacheSettings(Path.of("/var/lib/lastcall/models"),
            new Quota.Share(80),
            new ByteSize(CacheLimits.DEFAULT.reserveBytes()), ByteRate.UNLIMITED, 1, Duration.ofHours(1),
            Path.of("/run/lastcall/warm"), FetchSettings.defaults());

    /** Most connections that one model's fetching can be given. */
    public static final int MAX_CONNECTIONS = 1024;

    /** Smallest part that can be chosen. */
    public static final ByteSize MIN_PART = ByteSize.parse("1MiB");

    /** Largest part that can be chosen. */
    public static final ByteSize MAX_PART = ByteSize.parse("1GiB");
}
