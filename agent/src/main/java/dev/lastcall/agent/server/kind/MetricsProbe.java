// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InFlightProbe;

/** Reads requests in flight out of what one URL of a server answers. Thread-safe. */
final class MetricsProbe implements InFlightProbe {

    /** A vLLM with many engines and all its histograms answers some hundred kilobytes. */
    static final int MAX_BYTES = 4 * 1024 * 1024;

    private final LocalHttp http;
    private final URI url;
    private final Map<String, String> headers;
    private final Function<String, InFlight> reader;

    MetricsProbe(LocalHttp http, URI url, Map<String, String> headers, Function<String, InFlight> reader) {
        this.http = http;
        this.url = url;
        this.headers = Map.copyOf(headers);
        this.reader = reader;
    }

    @Override
    public InFlight read(Duration bound) {
        return switch (http.get(url, headers, MAX_BYTES, bound)) {
            case LocalHttp.Reply.Refused(String reason) -> new InFlight.Unobservable(reason);
            case LocalHttp.Reply.Broken(String reason) -> new InFlight.Unclear(reason);
            case LocalHttp.Reply.Answer answer when !answer.isOk() -> new InFlight.Unobservable(
                    "GET " + url + ": " + answer.status());
            case LocalHttp.Reply.Answer answer when !answer.whole() -> new InFlight.Unclear(
                    "GET " + url + ": more than " + MAX_BYTES + " bytes");
            case LocalHttp.Reply.Answer answer -> reader.apply(answer.body());
        };
    }
}
