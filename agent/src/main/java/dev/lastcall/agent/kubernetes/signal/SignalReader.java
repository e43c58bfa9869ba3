// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.signal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.agent.kubernetes.signal.SignalRule.NamedTime;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.ProviderText;
import dev.lastcall.metadata.generic.NoticeTimeFormat;
import dev.lastcall.metadata.time.AnswerTime;
import dev.lastcall.metadata.time.CalculatedDeadline;
import dev.lastcall.metadata.time.DeadlineCalculator;
import tools.jackson.databind.JsonNode;

/**
 * Makes notices of what a node's object says, by rules. Bad values are expected: a time that cannot be read is said in the
 * notice's description, and the rule's window counts. Not thread-safe.
 */
final class SignalReader {

    /** A time within a sentence, as in the messages of AKS. */
    private static final Pattern RFC_1123 = Pattern
            .compile("[A-Z][a-z]{2}, \\d{1,2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} (?:GMT|UTC)");

    private final String source;
    private final List<SignalRule> rules;
    private final NodeClock clock;
    private final DeadlineCalculator calculator = new DeadlineCalculator();

    SignalReader(String source, List<SignalRule> rules, NodeClock clock) {
        this.source = source;
        this.rules = rules;
        this.clock = clock;
    }

    /**
     * What one look has given.
     *
     * @param notices all that the node has now
     * @param undecided why it is not known of other signals whether they are there, by the event id of their notices
     */
    record Read(List<Notice> notices, Map<String, String> undecided) {}

    /** Reads the node. */
    Read read(JsonNode node) {
        AnswerTime now = AnswerTime.now(clock);
        List<Notice> notices = new ArrayList<>();
        Map<String, String> undecided = new LinkedHashMap<>();
        Set<String> known = new HashSet<>();
        for (SignalRule rule : rules) {
            String id = id(rule);
            switch (rule.signal().in(node)) {
                case Signal.Sight.Absent _ -> {
                }
                case Signal.Sight.Present(String text) -> {
                    known.add(id);
                    notices.add(notice(rule, text, node, now));
                }
                case Signal.Sight.Undecided(String why) -> {
                    known.add(id);
                    undecided.put(id, why);
                }
            }
        }
        calculator.keepWindows(known);
        return new Read(notices, undecided);
    }

    private static String id(SignalRule rule) {
        return ProviderText.printable(rule.signal().name(), NoticeKey.MAX_EVENT_ID);
    }

    private Notice notice(SignalRule rule, String text, JsonNode node, AnswerTime now) {
        String id = id(rule);
        NoticeKey key = new NoticeKey(source, rule.kind(), id);
        Optional<Instant> time = time(rule.time(), text, node);
        String said = "the node has the " + id + (text.isEmpty() || id.endsWith("=" + text) ? "" : ": " + text);
        return switch (rule.urgency()) {
            case NOW -> time.map(at -> calculator.calculate(id, at, now, rule.window()))
                    .orElseGet(() -> assumed(rule, now))
                    .notice(key, Finality.FINAL, said);
            case NEAR_DEADLINE -> time.map(at -> planned(rule, key, at, said, now))
                    .orElseGet(() -> assumed(rule, now).notice(key, Finality.FINAL, said));
            case ONLY_NEAR_DEADLINE -> time.map(at -> planned(rule, key, at, said, now))
                    .orElseGet(() -> new Notice(key, Finality.ADVISORY, null, said));
            case ADVISORY -> new Notice(key, Finality.ADVISORY, time
                    .map(at -> calculator.calculatePlanned(id, at, now))
                    .filter(calculated -> !calculated.wasPast())
                    .map(CalculatedDeadline::deadline)
                    .orElse(null), said);
        };
    }

    private Notice planned(SignalRule rule, NoticeKey key, Instant at, String said, AnswerTime now) {
        return calculator.calculatePlanned(id(rule), at, now)
                .notice(key, new Finality.FinalBefore(rule.window()), said);
    }

    private CalculatedDeadline assumed(SignalRule rule, AnswerTime now) {
        String why = switch (rule.time()) {
            case NamedTime.Nowhere _ -> "no time";
            case NamedTime.InLabel(String key) -> "no readable time in the label " + key;
            case NamedTime.InAnnotation(String key) -> "no readable time in the annotation " + key;
            case NamedTime.InSignal _ -> "no readable time in it";
        };
        return calculator.calculateWindow(id(rule), now, rule.window(),
                why + ", " + rule.window().toSeconds() + " s assumed");
    }

    private static Optional<Instant> time(NamedTime where, String text, JsonNode node) {
        JsonNode metadata = node.path("metadata");
        return switch (where) {
            case NamedTime.Nowhere _ -> Optional.empty();
            case NamedTime.InLabel(String key) -> parse(metadata.path("labels").path(key).asString(""));
            case NamedTime.InAnnotation(String key) -> parse(metadata.path("annotations").path(key).asString(""));
            case NamedTime.InSignal _ -> parse(text).or(() -> within(text));
        };
    }

    private static Optional<Instant> parse(String text) {
        return NoticeTimeFormat.USUAL.parse(text.strip());
    }

    private static Optional<Instant> within(String sentence) {
        Matcher found = RFC_1123.matcher(sentence);
        return found.find() ? parse(found.group()) : Optional.empty();
    }
}
