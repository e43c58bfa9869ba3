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
 * @param pageCache what becomes of the memory that the kernel keeps of fetched files
 * @param recheck between two looks at models that are warm
 * @param patience how long a store may be silent or overloaded before an attempt ends
 * @param markers where a file says that a model is warm
 */
public record CacheConfig(Path path, Quota quota, ByteSize reserve, ByteRate bandwidth, int maxConnections,
        ByteSize partSize, int modelsAtOnce, boolean synced, PageCache pageCache, Duration recheck,
        Duration patience, Path markers) {

    /** What becomes of the memory that the kernel keeps of the files that are fetched. */
    public enum PageCache {
        /** Kept where all that is fetched fits into half of the memory that is to be had, else bypassed. */
        AUTO,
        /** Left there: a server that loads the model soon reads no disk. */
        KEEP,
        /** Written past it: what others have there stays. */
        BYPASS,
        /** Written past it, and read into it when a file is whole, as far as there is room. */
        REFILL
    }

    /** Where models are kept by default. */
    public static final Path DEFAULT_PATH = Path.of("/var/lib/lastcall/models");

    /** Where markers are by default. */
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
                        "How many models are fetched at a time; with 1 the first is warm soonest. One of higher priority that failed"
                                + " at first is fetched beside them when its store is back."),
                section.value("synced", ValueType.flag(), true,
                        "Whether a file is on the disk itself before it gets its name; otherwise files are read again after a reboot."),
                section.value("pageCache", ValueType.word(PageCache.values()), PageCache.AUTO,
                        "The memory that the kernel keeps of fetched files: `keep` leaves it, so that a server loads soon and fast;"
                                + " `bypass` writes past it, `refill` reads a whole file into it then; `auto` keeps what fits into"
                                + " half of the memory to be had, else bypasses."),
                section.value("recheck", ValueType.duration(Duration.ZERO, Durations.MAX), Duration.ofHours(1),
                        "Time between two looks at models that are warm; `0s` for never."),
                section.value("patience", ValueType.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                        Duration.ofMinutes(5),
                        "How long a store may be silent or overloaded before an attempt ends; the next follows."),
                section.value("markers", ValueType.absolutePath(), DEFAULT_MARKERS,
                        "A file with a model's name is here while the model is warm, and one called `_all` while all are."));
    }
}
