// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where models are kept and how they are fetched.
 *
 * @param path the directory, on the node's fastest disk
 * @param quota how much of that file system all models may use together
 * @param reserve bytes always left free there
 * @param bandwidth limit of all fetching together
 * @param maxConnections most connections of one model's fetching
 * @param partSize what is fetched again after a kill, for each connection
 * @param modelsAtOnce how many models are fetched at a time
 * @param synced whether a file is on the disk, beyond its caches, before it gets its name
 * @param recheck between two looks at models that are warm
 * @param patience how long a store may be silent or overloaded before an attempt ends
 * @param markers where a file tells that a model is warm
 */
public record CacheConfig(Path path, Quota quota, ByteSize reserve, ByteRate bandwidth, int maxConnections,
        ByteSize partSize, int modelsAtOnce, boolean synced, Duration recheck, Duration patience, Path markers) {

    /** Where models are kept when nobody says otherwise. */
    public static final Path DEFAULT_PATH = Path.of("/var/lib/lastcall/models");

    /** Where markers are when nobody says otherwise. */
    public static final Path DEFAULT_MARKERS = Path.of("/run/lastcall/warm");

    /** Number of connections that one model's fetching may have. */
    static final ValueType<Integer> CONNECTIONS = ValueType.number(1, 1024);

    private static final ValueType<ByteSize> RESERVE = ValueType.size(new ByteSize(0), ByteSize.parse("1024TiB"));
    private static final ValueType<ByteSize> PART = ValueType.size(ByteSize.parse("1MiB"), ByteSize.parse("1GiB"));
    private static final int MAX_AT_ONCE = 16;

    static CacheConfig read(Section section) {
        return new CacheConfig(
                section.value("path", ValueType.absolutePath(), DEFAULT_PATH,
                        "The directory of all models, on the node's fastest local disk."),
                section.value("quota", ValueType.quota(), new Quota.Share(80),
                        "How much of that file system the models may use together."),
                section.value("reserve", RESERVE, ByteSize.parse("1GiB"), "Always left free on that file system."),
                section.value("bandwidth", ValueType.rate(), ByteRate.UNLIMITED,
                        "Limit of all fetching together; `lastcall models --limit` changes it while the agent runs."),
                section.value("maxConnections", CONNECTIONS, 128,
                        "Most connections of one model's fetching; fewer where the store asks for it."),
                section.value("partSize", PART, ByteSize.parse("16MiB"),
                        "The unit of fetching: what a kill can cost for each connection."),
                section.value("modelsAtOnce", ValueType.number(1, MAX_AT_ONCE), 1,
                        "How many models are fetched at a time; with 1 the first is warm soonest."),
                section.value("synced", ValueType.flag(), true,
                        "Whether a file is on the disk itself before it gets its name; otherwise files are read again after a reboot."),
                section.value("recheck", ValueType.duration(Duration.ZERO, Durations.MAX), Duration.ofHours(1),
                        "Time between two looks at models that are warm; `0s` for never."),
                section.value("patience", ValueType.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                        Duration.ofMinutes(5),
                        "How long a store may be silent or overloaded before an attempt ends; the next follows."),
                section.value("markers", ValueType.absolutePath(), DEFAULT_MARKERS,
                        "A file with a model's name is here while the model is warm, and one called `_all` while all are."));
    }
}
