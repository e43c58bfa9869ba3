// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.generic;

import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;

import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.MetadataTransport;
import dev.lastcall.metadata.http.TokenContract;
import org.jspecify.annotations.Nullable;

/**
 * A URL that answers 200 when the node is being taken back, and 404 while it is not.
 *
 * @param name the source's name
 * @param endpoint the server
 * @param path path and query
 * @param headers sent with each request
 * @param token how a session token is had, or null where none is needed
 * @param timeField where the answer names the time
 * @param noticeTimeFormat how it is written
 * @param window the window where it names none
 * @param poll how often it is asked
 * @param timeout bound on one exchange
 */
public record UrlSettings(String name, Endpoint endpoint, String path, Map<String, String> headers,
        @Nullable TokenContract token,
        TimeField timeField, NoticeTimeFormat noticeTimeFormat, Duration window, Duration poll, Duration timeout)
        implements
            GenericSettings {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    public UrlSettings {
        headers = Map.copyOf(headers);
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("a path begins with a slash: '" + path + "'");
        }
    }

    /** Any URL; asked each second, two minutes of window, the time nowhere. */
    public static UrlSettings of(String name, Endpoint endpoint, String path) {
        return new UrlSettings(name, endpoint, path, Map.of(), null, TimeField.NOWHERE, NoticeTimeFormat.USUAL, WINDOW,
                POLL, MetadataTransport.TIMEOUT);
    }

    /** Any URL, with its path and query. */
    public static UrlSettings of(String name, URI url) {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return of(name, Endpoint.of(url), url.getRawQuery() == null ? path : path + "?" + url.getRawQuery());
    }

    /** The same with the time in the answer. */
    public UrlSettings withTime(TimeField place, NoticeTimeFormat format) {
        return new UrlSettings(name, endpoint, path, headers, token, place, format, window, poll, timeout);
    }

    /** The same, asking elsewhere; for presets behind a simulated server. */
    public UrlSettings withEndpoint(Endpoint other) {
        return new UrlSettings(name, other, path, headers, token, timeField, noticeTimeFormat, window, poll, timeout);
    }

    /** The same by another name and pace. */
    public UrlSettings withPace(String otherName, Duration otherPoll, Duration otherTimeout) {
        return new UrlSettings(otherName, endpoint, path, headers, token, timeField, noticeTimeFormat, window,
                otherPoll,
                otherTimeout);
    }

    /** The same with another window. */
    public UrlSettings withWindow(Duration other) {
        return new UrlSettings(name, endpoint, path, headers, token, timeField, noticeTimeFormat, other, poll, timeout);
    }

    /** Alibaba Cloud's preemptible instances, with the token that its hardened mode wants ("Instance metadata", ECS). */
    public static UrlSettings alibaba() {
        TokenContract token = new TokenContract("/latest/api/token", "X-aliyun-ecs-metadata-token-ttl-seconds",
                "X-aliyun-ecs-metadata-token", TokenContract.MAX_TTL, true);
        return new UrlSettings("alibaba-spot", Endpoint.http("100.100.100.200"),
                "/latest/meta-data/instance/spot/termination-time",
                Map.of(), token, TimeField.BODY, NoticeTimeFormat.USUAL, MINUTE.multipliedBy(5), POLL,
                MetadataTransport.TIMEOUT);
    }

    /** Tencent Cloud's spot instances; the time is that of UTC+8 ("Querying spot instance repossession status", CVM). */
    public static UrlSettings tencent() {
        NoticeTimeFormat format = new NoticeTimeFormat.Local("uuuu-MM-dd HH:mm:ss", ZoneOffset.ofHours(8));
        return of("tencent-spot", Endpoint.http("metadata.tencentyun.com"), "/latest/meta-data/spot/termination-time")
                .withTime(TimeField.BODY, format);
    }

    /** Elice Cloud's spot VMs, over the guest agent's socket; one to two minutes ("Operating spot VMs", Elice ECI). */
    public static UrlSettings elice() {
        return of("elice-spot", Endpoint.unix("/run/eci-guest-agent.sock"), "/vm/metadata?key=spot_termination_time")
                .withTime(TimeField.BODY, NoticeTimeFormat.USUAL)
                .withWindow(MINUTE);
    }
}
