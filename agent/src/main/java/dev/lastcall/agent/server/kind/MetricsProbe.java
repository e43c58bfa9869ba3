// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;

/** Reads requests in flight out of what one URL of a server answers. Thread-safe. */
final class MetricsProbe implements InFlightProbe {

    /** A vLLM with many engines and all its histograms answers some hundred kilobytes. */
    static final int MAX_BYTES = 4 * 1024 * 1024;

    private final LocalHttp http;
    private final URI url;
    private final Map<String, String> headers;
    private final Optional<Supplier<Predicate<String>>> lines;
    private final Function<String, InFlight> reader;

    private MetricsProbe(LocalHttp http, URI url, Map<String, String> headers,
            Optional<Supplier<Predicate<String>>> lines, Function<String, InFlight> reader) {
        this.http = http;
        this.url = url;
        this.headers = Map.copyOf(headers);
        this.lines = lines;
        this.reader = reader;
    }

    /** Reads metrics in the Prometheus text format, of which only the lines of the gauges are kept. */
    static MetricsProbe ofText(LocalHttp http, URI url, Map<String, String> headers, Gauges gauges) {
        return new MetricsProbe(http, url, headers, Optional.of(gauges::lines), gauges::read);
    }

    /** Reads JSON. */
    static MetricsProbe ofJson(LocalHttp http, URI url, Map<String, String> headers,
            Function<String, InFlight> reader) {
        return new MetricsProbe(http, url, headers, Optional.empty(), reader);
    }

    @Override
    public InFlight read(Duration bound) {
        return lines.isPresent()
                ? http.get(url, headers, MAX_BYTES, lines.get().get(), bound, this::understand)
                : http.get(url, headers, MAX_BYTES, bound, this::understand);
    }

    private InFlight understand(LocalHttp.Reply reply) {
        return switch (reply) {
            case LocalHttp.Reply.Refused(String reason) -> new InFlight.Unobservable(reason);
            case LocalHttp.Reply.Broken(String reason) -> new InFlight.Unclear(reason);
            case LocalHttp.Reply.Answer answer when !answer.isOk() -> new InFlight.Unobservable(
                    "GET " + url + ": " + answer.status());
            case LocalHttp.Reply.Answer answer when !answer.whole() -> new InFlight.Unclear(
                    "GET " + url + ": more than " + MAX_BYTES + " bytes, or a line or number of lines without end");
            case LocalHttp.Reply.Answer answer -> reader.apply(answer.body());
        };
    }
}
