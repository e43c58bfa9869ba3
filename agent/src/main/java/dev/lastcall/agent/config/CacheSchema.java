// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.file.Path;
import java.time.Duration;

import dev.lastcall.agent.models.CacheSettings;
import dev.lastcall.agent.values.ByteRate;
import dev.lastcall.agent.values.ByteSize;
import dev.lastcall.agent.values.Durations;
import dev.lastcall.agent.values.Quota;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.fetch.PageCache;

/** Where models are kept and how they are fetched. */
final class CacheSchema {

    private static final CacheSettings DEFAULT = CacheSettings.DEFAULT;
    private static final FetchSettings ENGINE = DEFAULT.engine();
    private static final ValueType<Integer> CONNECTIONS = ValueType.number(1, CacheSettings.MAX_CONNECTIONS);
    private static final ValueType<ByteSize> RESERVE = ValueType.size(new ByteSize(0), ByteSize.parse("1024TiB"));
    private static final ValueType<ByteSize> PART = ValueType.size(CacheSettings.MIN_PART, CacheSettings.MAX_PART);
    private static final int MAX_AT_ONCE = 16;

    private CacheSchema() {}

    static CacheSettings read(Section section) {
        Path path = section.value("path", ValueType.absolutePath(), DEFAULT.path(),
                "The directory of all models, on the node's fastest local disk.");
        Quota quota = section.value("quota", ValueType.quota(), DEFAULT.quota(),
                "How much of that file system the models may use together.");
        ByteSize reserve = section.value("reserve", RESERVE, DEFAULT.reserve(),
                "Always left free on that file system.");
        ByteRate bandwidth = section.value("bandwidth", ValueType.rate(), DEFAULT.bandwidth(),
                "Limit of all fetching together; `lastcall models --limit` changes it while the agent runs.");
        int connections = section.value("maxConnections", CONNECTIONS, ENGINE.maxConnections(),
                "Most connections of one model's fetching; fewer where the store asks for it.");
        ByteSize part = section.value("partSize", PART, new ByteSize(ENGINE.partBytes()),
                "The unit of fetching: what a kill can cost for each connection.");
        int atOnce = section.value("modelsAtOnce", ValueType.number(1, MAX_AT_ONCE), DEFAULT.modelsAtOnce(),
                "How many models are fetched at a time; with 1 the first is warm soonest. One of higher priority that failed"
                        + " at first is fetched beside them when its store is back.");
        boolean synced = section.value("synced", ValueType.flag(), ENGINE.isSynced(),
                "Whether a file is on the disk itself before it gets its name; otherwise files are read again after a reboot.");
        PageCache pageCache = section.value("pageCache", ValueType.word(PageCache.values()), ENGINE.pageCache(),
                "The memory that the kernel keeps of fetched files: `keep` leaves it, so that a server loads soon and fast;"
                        + " `bypass` writes past it, `refill` reads a whole file into it then; `auto` keeps what fits into"
                        + " half of the memory to be had, else bypasses.");
        Duration recheck = section.value("recheck", ValueType.duration(Duration.ZERO, Durations.MAX), DEFAULT.recheck(),
                "Time between two looks at models that are warm; `0s` for never.");
        Duration patience = section.value("patience", ValueType.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                ENGINE.giveUpAfter(),
                "How long a store may be silent or overloaded before an attempt ends; the next follows.");
        Path markers = section.value("markers", ValueType.absolutePath(), DEFAULT.markers(),
                "A file with a model's name is here while the model is warm, and one called `_all` while all are.");
        return new CacheSettings(path, quota, reserve, bandwidth, atOnce, recheck, markers,
                ENGINE.withMaxConnections(connections)
                        .withPartBytes(Math.toIntExact(part.bytes()))
                        .withSync(synced)
                        .withPageCache(pageCache)
                        .withPatience(ENGINE.stallAfter(), ENGINE.slowAfter(), patience));
    }
}
