// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

import dev.lastcall.agent.cli.AnsiColors;
import dev.lastcall.agent.cli.CommandFailure;
import dev.lastcall.agent.cli.EnumWord;
import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.models.CacheSettings;
import dev.lastcall.agent.models.ModelSettings;
import dev.lastcall.agent.values.ByteRate;
import dev.lastcall.agent.values.ByteSize;
import dev.lastcall.agent.values.Durations;
import dev.lastcall.warmup.WarmupRequest;
import dev.lastcall.warmup.WarmupRequest.Verify;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.fetch.FetchSettings;
import dev.lastcall.warmup.fetch.PageCache;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say how a model is fetched. */
final class FetchOptions {

    private static final FetchSettings DEFAULT = FetchSettings.defaults();

    /** A store that does not say for so long what it has, where a whole version is there, is not waited for. */
    private static final Duration ASK_WITHIN = Duration.ofSeconds(20);

    @Option(names = "--limit", paramLabel = "RATE", order = 20, description = "Bandwidth, such as 200MiB/s or 500Mbit/s.")
    private String limit = ByteRate.UNLIMITED.toString();

    @Option(names = "--connections", paramLabel = "N", order = 21, description = "Most connections; ${DEFAULT-VALUE}.")
    private int connections = DEFAULT.maxConnections();

    @Option(names = "--part-size", paramLabel = "SIZE", order = 22, description = {
        "What a kill can cost for each connection; ${DEFAULT-VALUE}."})
    private String partSize = new ByteSize(DEFAULT.partBytes()).toString();

    @Option(names = "--require-digest", order = 23, description = "Refuses files for which the store vouches by no digest.")
    private boolean requireDigest;

    @Option(names = "--verify", paramLabel = "HOW", order = 24, converter = VerifyWord.class, description = {
        "How far the disk is trusted: always, on-start or size."})
    private Verify verify = ModelSettings.VERIFY;

    @Option(names = "--no-sync", order = 25, description = "Does not wait until the disk itself has a file before it gets its name.")
    private boolean noSync;

    @Option(names = "--page-cache", paramLabel = "HOW", order = 26, converter = PageCacheWord.class, description = {
        "In memory: auto, keep, bypass or refill."})
    private PageCache pageCache = DEFAULT.pageCache();

    @Option(names = "--timeout", paramLabel = "DURATION", order = 27, description = "Ends with 3 when it is not warm by then.")
    private @Nullable String timeout;

    /** The words of {@code --verify}. */
    static final class VerifyWord extends EnumWord<Verify> {
        VerifyWord() {
            super(Verify.class);
        }
    }

    /** The words of {@code --page-cache}. */
    static final class PageCacheWord extends EnumWord<PageCache> {
        PageCacheWord() {
            super(PageCache.class);
        }
    }

    Bandwidth bandwidth() {
        return new Bandwidth(parse("--limit", limit, ByteRate::parse, ByteRate.ALLOWED).bytesPerSecond());
    }

    Optional<Duration> timeout() {
        return timeout == null
                ? Optional.empty()
                : Optional.of(parse("--timeout", timeout, Durations::parse, "a duration such as 30m or 1m30s"));
    }

    WarmupRequest apply(WarmupRequest request) {
        bandwidth();
        timeout();
        if (connections < 1 || connections > CacheSettings.MAX_CONNECTIONS) {
            throw new CommandFailure(ExitCode.USAGE, "--connections must be 1 to " + CacheSettings.MAX_CONNECTIONS);
        }
        long part = parse("--part-size", partSize, ByteSize::parse, ByteSize.ALLOWED).bytes();
        if (part < CacheSettings.MIN_PART.bytes() || part > CacheSettings.MAX_PART.bytes()) {
            throw new CommandFailure(ExitCode.USAGE,
                    "--part-size must be " + CacheSettings.MIN_PART + " to " + CacheSettings.MAX_PART);
        }
        WarmupRequest wanted = request.withAskWithin(ASK_WITHIN)
                .withVerify(verify)
                .withSettings(DEFAULT
                        .withMaxConnections(connections)
                        .withPartBytes(Math.toIntExact(part))
                        .withSync(!noSync)
                        .withPageCache(pageCache));
        return requireDigest ? wanted.withDigestsRequired() : wanted;
    }

    private static <T> T parse(String flag, String text, Function<String, T> parser, String allowed) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(ExitCode.USAGE,
                    flag + " \"" + AnsiColors.plain(text) + "\" " + wrong.getMessage() + "; write " + allowed, wrong);
        }
    }
}
