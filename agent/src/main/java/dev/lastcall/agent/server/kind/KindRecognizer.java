// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.kind.Fingerprint.Answer;

/**
 * Recognises a server by what it answers. A stranger is asked {@link #QUESTIONS} and nothing else; an answer that bears the
 * mark of a kind leads to further questions, and only a second mark, in another answer, settles it. So a server that answers 200
 * to everything is like no kind. Nothing is asked that changes something. Thread-safe; blocks the calling virtual thread for
 * some seconds at most.
 */
public final class KindRecognizer {

    /**
     * What a stranger is asked, in this order: first what no program answers by work of its own, last the root, which may be
     * a user's function.
     */
    static final List<String> QUESTIONS = List.of("/v2", "/-/routes", "/v1/models", "/version", "/info", "/models",
            "/ping", "/schema.json", "/");

    private static final Duration CALL_BOUND = Duration.ofSeconds(2);
    private static final int MAX_BYTES = 64 * 1024;

    /** A server that leaves two questions unanswered is left alone. */
    private static final int MAX_BROKEN = 2;

    /** What a server says, or a proxy before it, that does not serve yet. */
    private static final List<Integer> NOT_READY = List.of(502, 503, 504);

    private final LocalHttp http;

    /** @param http asks the servers */
    public KindRecognizer(LocalHttp http) {
        this.http = http;
    }

    /** Asks the server. */
    public Recognition recognize(Access server) {
        var look = new Look(server);
        for (String question : QUESTIONS) {
            Optional<Answer> answer = look.ask(question, false);
            Optional<Recognition> settled = answer.flatMap(one -> settle(look, question)).or(look::failure);
            if (settled.isPresent()) {
                return settled.get();
            }
            if (answer.isPresent() && NOT_READY.contains(answer.get().status())) {
                return new Recognition.NotReady(server.at(question) + " answers " + answer.get().status());
            }
        }
        return look.broken > 0 ? new Recognition.Unsure() : new Recognition.Unknown();
    }

    private static Optional<Recognition> settle(Look look, String question) {
        for (ServerKind kind : ServerKind.values()) {
            List<Fingerprint> marks = Kinds.of(kind).marks();
            if (marks.stream().filter(mark -> mark.path().equals(question)).anyMatch(look::bears)) {
                Optional<Recognition> recognised = confirm(look, kind, marks);
                if (recognised.isPresent()) {
                    return recognised;
                }
            } else if (look.count(marks.stream().filter(mark -> mark.path().isEmpty()).toList()) > 1) {
                return Optional.of(new Recognition.Recognised(kind, evidence(marks, look)));
            }
        }
        return Optional.empty();
    }

    /** Looks for the other marks of a kind until there are two. */
    private static Optional<Recognition> confirm(Look look, ServerKind kind, List<Fingerprint> marks) {
        List<Fingerprint> borne = new ArrayList<>();
        for (Fingerprint mark : marks) {
            if (!mark.path().isEmpty()) {
                look.ask(mark.path(), mark.head());
            }
            if (look.bears(mark) && borne.stream().noneMatch(other -> look.isSameAnswer(mark, other))) {
                borne.add(mark);
            }
            if (borne.size() > 1) {
                return Optional.of(new Recognition.Recognised(kind, evidence(borne, look)));
            }
        }
        return Optional.empty();
    }

    private static String evidence(List<Fingerprint> marks, Look look) {
        return String.join("; ", marks.stream().filter(look::bears).map(Fingerprint::evidence).toList());
    }

    /** One look at one server: what it was asked and how it has answered so far. Not thread-safe. */
    private final class Look {
        private final Access server;
        private final Map<String, Optional<Answer>> answers = new HashMap<>();
        private Optional<String> refused = Optional.empty();
        private int broken;

        Look(Access server) {
            this.server = server;
        }

        /** Asks for a path once, however often this is called; empty where nothing came. */
        Optional<Answer> ask(String path, boolean head) {
            Optional<Answer> known = answers.get(path);
            if (known != null) {
                return known;
            }
            Optional<Answer> answer = refused.isPresent() || broken >= MAX_BROKEN ? Optional.empty() : call(path, head);
            answers.put(path, answer);
            return answer;
        }

        private Optional<Answer> call(String path, boolean head) {
            return head
                    ? note(http.head(server.at(path), CALL_BOUND))
                    : http.get(server.at(path), server.headers(), MAX_BYTES, CALL_BOUND, this::note);
        }

        private Optional<Answer> note(LocalHttp.Reply reply) {
            return switch (reply) {
                case LocalHttp.Reply.Refused(String reason) -> {
                    refused = Optional.of(reason);
                    yield Optional.empty();
                }
                case LocalHttp.Reply.Broken _ -> {
                    broken++;
                    yield Optional.empty();
                }
                case LocalHttp.Reply.Answer(int status, String body, boolean _, String name) ->
                    Optional.of(new Answer(status, name, body));
            };
        }

        /** Why it cannot be asked further; empty where it can. */
        Optional<Recognition> failure() {
            return refused.<Recognition>map(Recognition.Silent::new)
                    .or(() -> broken < MAX_BROKEN
                            ? Optional.empty()
                            : Optional.of(new Recognition.NotReady(
                                    server.url() + " does not answer within " + CALL_BOUND.toMillis() + " ms")));
        }

        boolean bears(Fingerprint mark) {
            return mark.path().isEmpty()
                    ? answers.values().stream().flatMap(Optional::stream).anyMatch(mark.shown())
                    : answer(mark).filter(mark.shown()).isPresent();
        }

        int count(List<Fingerprint> marks) {
            return (int) marks.stream().filter(this::bears).count();
        }

        /** Whether two marks are of one document, as those of a server are that answers everything alike. */
        boolean isSameAnswer(Fingerprint one, Fingerprint other) {
            return !one.path().isEmpty() && !other.path().isEmpty()
                    && answer(one).map(Answer::body).equals(answer(other).map(Answer::body));
        }

        private Optional<Answer> answer(Fingerprint mark) {
            return answers.getOrDefault(mark.path(), Optional.empty());
        }
    }
}
