// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.generic;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.http.Explainer;
import dev.lastcall.metadata.http.JsonBody;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;
import dev.lastcall.metadata.http.MetadataTransport;
import dev.lastcall.metadata.http.TokenContract;
import dev.lastcall.metadata.http.TokenServer;
import dev.lastcall.metadata.poll.NoticeReader;
import dev.lastcall.metadata.poll.PathPoll;
import dev.lastcall.metadata.poll.Poll;
import dev.lastcall.metadata.poll.PollSchedule;
import dev.lastcall.metadata.poll.PollingSource;
import dev.lastcall.metadata.time.CalculatedDeadline;
import dev.lastcall.metadata.time.DeadlineCalculator;
import tools.jackson.databind.JsonNode;

/** Makes the notice of a URL that answers. */
public final class UrlNotice implements NoticeReader {

    private final UrlSettings settings;
    private final NoticeKey key;
    private final DeadlineCalculator deadlineCalculator = new DeadlineCalculator();

    private UrlNotice(UrlSettings settings) {
        this.settings = settings;
        this.key = NoticeKey.of(settings.name(), NoticeKind.EXTERNAL);
    }

    /** The source of such notices, not yet started. */
    public static NoticeSource source(UrlSettings settings, MetadataTransport transport, NodeClock clock,
            RandomGenerator random) {
        TokenContract token = settings.token();
        UrlNotice reader = new UrlNotice(settings);
        Poll poll;
        if (token == null) {
            MetadataRequest request = MetadataRequest.get(settings.endpoint(), settings.path(), settings.headers(),
                    settings.timeout());
            poll = new PathPoll(() -> transport.ask(request), answer -> Explainer.PLAIN.explain(request, answer),
                    reader);
        } else {
            TokenServer server = new TokenServer(transport, List.of(settings.endpoint()), token, Explainer.PLAIN,
                    settings.timeout(),
                    clock);
            poll = new PathPoll(() -> server.get(settings.path(), settings.headers()),
                    answer -> server.explain(settings.path(), answer),
                    reader);
        }
        return new PollingSource(settings.name(), NoticeSource.Role.DECISIVE, poll,
                new PollSchedule(settings::poll, random), clock);
    }

    @Override
    public List<Notice> read(MetadataAnswer.Response response) throws MalformedAnswerException {
        Optional<Instant> time = time(response.body());
        String said = settings.endpoint() + settings.path() + " answers";
        if (time.isEmpty()) {
            CalculatedDeadline assumed = deadlineCalculator.calculateWindow("url", response.at(), settings.window(),
                    "no time, " + settings.window().toSeconds() + " s assumed");
            return List.of(new Notice(key, Finality.FINAL, assumed.deadline(), assumed.describe(said)));
        }
        CalculatedDeadline calculatedDeadline = deadlineCalculator.calculate("url", time.get(), response.at(),
                settings.window());
        return List.of(calculatedDeadline.notice(key, Finality.FINAL, said + ": " + time.get()));
    }

    private Optional<Instant> time(String body) throws MalformedAnswerException {
        return switch (settings.timeField()) {
            case TimeField.Nowhere nowhere -> Optional.empty();
            case TimeField.Body whole -> Optional.of(settings.noticeTimeFormat()
                    .parse(unquoted(body.strip()))
                    .orElseThrow(() -> new MalformedAnswerException("no time:" + Explainer.quote(body))));
            case TimeField.Pointer place -> {
                JsonNode node = JsonBody.document(body).at(place.pointer());
                yield node.isString() || node.isIntegralNumber()
                        ? settings.noticeTimeFormat().parse(node.asString().strip())
                        : Optional.empty();
            }
        };
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    @Override
    public void absent() {
        deadlineCalculator.keepWindows(Set.of());
    }
}
