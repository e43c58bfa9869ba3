// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.agent.values.ByteRate;
import dev.lastcall.agent.values.Durations;

/**
 * What can be changed, from the values of a request's body. Values that make no sense are an {@link IllegalArgumentException},
 * whose message is for the client.
 */
final class Verbs {

    /** Longest name of a server. */
    static final int MAX_NAME = 400;

    /** The window of a drain by hand that names none. */
    private static final Duration DEFAULT_WINDOW = Duration.ofMinutes(1);

    private static final int MAX_DESCRIPTION = 200;
    private static final Set<String> NOTICE_KEYS = Set.of("description", "window");

    private final OperatorActions operator;
    private final ModelAdmin models;

    Verbs(OperatorActions operator, ModelAdmin models) {
        this.operator = operator;
        this.models = models;
    }

    OperatorActions.Answer drain(Map<String, String> values) {
        return operator.drain(window(values));
    }

    OperatorActions.Answer reopen(Map<String, String> values) {
        String server = values.getOrDefault("server", "");
        if (server.isEmpty() || server.length() > MAX_NAME || server.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("server must be the name of a server, as status shows it");
        }
        return operator.reopen(server);
    }

    /** Takes an event, or a notice in Lastcall's own form. */
    OperatorActions.Answer notice(ApiRequest request) {
        Optional<ReceivedEvent> event = EventReader.read(request);
        return event.isPresent() ? operator.event(event.get()) : notice(FlatJson.read(request.body(), NOTICE_KEYS));
    }

    private OperatorActions.Answer notice(Map<String, String> values) {
        String description = values.getOrDefault("description", "an operator's notice");
        if (description.length() > MAX_DESCRIPTION || description.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("description must be at most " + MAX_DESCRIPTION
                    + " characters, none of them control characters");
        }
        return operator.notice(description, window(values));
    }

    OperatorActions.Answer limit(Map<String, String> values) {
        String text = values.getOrDefault("limit", "");
        ByteRate rate;
        try {
            rate = ByteRate.parse(text);
        } catch (IllegalArgumentException none) {
            throw new IllegalArgumentException("limit must be " + ByteRate.ALLOWED, none);
        }
        return models.limitTo(rate.bytesPerSecond())
                ? new OperatorActions.Answer.Accepted("the bandwidth of all fetching is " + rate + " from now on")
                : new OperatorActions.Answer.Refused("no model is configured, so nothing is fetched");
    }

    private static Duration window(Map<String, String> values) {
        String text = values.getOrDefault("window", Durations.format(DEFAULT_WINDOW));
        try {
            Duration window = Durations.parse(text);
            if (!window.isZero() && window.compareTo(OperatorActions.MAX_WINDOW) <= 0) {
                return window;
            }
        } catch (IllegalArgumentException none) {
            throw new IllegalArgumentException(wrongWindow(), none);
        }
        throw new IllegalArgumentException(wrongWindow());
    }

    private static String wrongWindow() {
        return "window must be a duration such as 60s, more than 0s and at most "
                + Durations.format(OperatorActions.MAX_WINDOW);
    }

    /** What came of it, for the client. */
    static ApiAnswer answer(OperatorActions.Answer answer) {
        return switch (answer) {
            case OperatorActions.Answer.Accepted accepted -> ApiAnswer.of(202, ApiAnswer.JSON,
                    "{\"message\":" + JsonText.quote(accepted.message()) + "}\n");
            case OperatorActions.Answer.Unfinished unfinished -> ApiAnswer.error(409, ApiAnswer.UNFINISHED,
                    unfinished.message());
            case OperatorActions.Answer.Inapplicable other -> ApiAnswer.error(422, "not-applicable", other.message());
            case OperatorActions.Answer.Refused refused -> ApiAnswer.error(409, "refused", refused.message());
        };
    }
}
