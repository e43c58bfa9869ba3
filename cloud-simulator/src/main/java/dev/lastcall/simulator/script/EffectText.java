// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How effects are written in a script: one key each, with a value that is one text. */
final class EffectText {

    /** What a key allows, and how its text becomes an effect; empty or an exception when it does not. */
    record Form(String allowed, Function<String, Optional<Effect>> reader) {}

    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB)");
    private static final String FOREVER = "forever";

    /** Every key, in the order in which error messages list them. */
    static final Map<String, Form> FORMS = forms();

    private EffectText() {}

    private static Map<String, Form> forms() {
        Map<String, Form> forms = new LinkedHashMap<>();
        forms.put("status", new Form("a status from 200 to 599",
                text -> number(text).map(Effect.Status::new)));
        forms.put("body", new Form("text", text -> Optional.of(new Effect.Body(text))));
        forms.put("oversized", new Form("a size such as 64KiB or 1GiB", text -> size(text).map(Effect.Oversized::new)));
        forms.put("delay", new Form(DurationText.ALLOWED + ", or forever", text -> time(text).map(Effect.Delay::new)));
        forms.put("stall", new Form(DurationText.ALLOWED + ", or forever", text -> time(text).map(Effect.Stall::new)));
        forms.put("slowBody", new Form("bytes per second, a whole number from 1",
                text -> number(text).map(Effect.SlowBody::new)));
        forms.put("reset", new Form(points(), text -> point(text).map(Effect.Reset::new)));
        forms.put("close", new Form(points(), text -> point(text).map(Effect.Close::new)));
        forms.put("refuse", new Form("true", text -> onlyTrue(text, new Effect.Refuse())));
        forms.put("hang", new Form(Arrays.stream(Effect.HangEnd.values())
                .map(Effect.HangEnd::label)
                .collect(Collectors.joining(", ")),
                text -> Arrays.stream(Effect.HangEnd.values())
                        .filter(end -> end.label().equals(text))
                        .findFirst()
                        .map(Effect.Hang::new)));
        forms.put("revokeTokens", new Form("true", text -> onlyTrue(text, new Effect.RevokeTokens())));
        forms.put("tokenTtl", new Form(DurationText.ALLOWED,
                text -> DurationText.parse(text).map(Effect.TokenTtl::new)));
        forms.put("dateSkew", new Form(DurationText.ALLOWED + "; with a minus when it is behind",
                text -> DurationText.parse(text).map(Effect.DateSkew::new)));
        forms.put("withoutHeader", new Form("the name of a header",
                text -> Optional.of(new Effect.WithoutHeader(text))));
        forms.put("header", new Form("a header as in \"Date: yesterday\"", EffectText::header));
        return forms;
    }

    /** The key of an effect and its text; the inverse of the form's reader. */
    static Map.Entry<String, String> write(Effect effect) {
        return switch (effect) {
            case Effect.Status status -> Map.entry("status", Integer.toString(status.code()));
            case Effect.Body body -> Map.entry("body", body.text());
            case Effect.Oversized oversized -> Map.entry("oversized", size(oversized.sizeBytes()));
            case Effect.Delay delay -> Map.entry("delay", time(delay.time()));
            case Effect.Stall stall -> Map.entry("stall", time(stall.time()));
            case Effect.SlowBody slow -> Map.entry("slowBody", Integer.toString(slow.bytesPerSecond()));
            case Effect.Reset reset -> Map.entry("reset", reset.point().label());
            case Effect.Close close -> Map.entry("close", close.point().label());
            case Effect.Refuse _ -> Map.entry("refuse", "true");
            case Effect.Hang hang -> Map.entry("hang", hang.end().label());
            case Effect.RevokeTokens _ -> Map.entry("revokeTokens", "true");
            case Effect.TokenTtl ttl -> Map.entry("tokenTtl", DurationText.format(ttl.ttl()));
            case Effect.DateSkew skew -> Map.entry("dateSkew", DurationText.format(skew.skew()));
            case Effect.WithoutHeader without -> Map.entry("withoutHeader", without.name());
            case Effect.WithHeader with -> Map.entry("header", with.name() + ": " + with.value());
        };
    }

    private static Optional<Integer> number(String text) {
        return text.matches("\\d{1,9}") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
    }

    private static Optional<Duration> time(String text) {
        return text.equals(FOREVER) ? Optional.of(Fault.FOREVER) : DurationText.parse(text);
    }

    private static String time(Duration time) {
        return time.equals(Fault.FOREVER) ? FOREVER : DurationText.format(time);
    }

    private static Optional<Long> size(String text) {
        Matcher size = SIZE.matcher(text);
        return size.matches() ? Optional.of(Long.parseLong(size.group(1)) << switch (size.group(2)) {
            case "KiB" -> 10;
            case "MiB" -> 20;
            case "GiB" -> 30;
            default -> 0;
        }) : Optional.empty();
    }

    private static String size(long bytes) {
        if (bytes % (1 << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        if (bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes % (1 << 10) == 0 ? (bytes >> 10) + "KiB" : bytes + "B";
    }

    private static String points() {
        return Arrays.stream(Effect.Point.values()).map(Effect.Point::label).collect(Collectors.joining(", "));
    }

    private static Optional<Effect.Point> point(String text) {
        return Arrays.stream(Effect.Point.values()).filter(point -> point.label().equals(text)).findFirst();
    }

    private static Optional<Effect> onlyTrue(String text, Effect effect) {
        return text.equals("true") ? Optional.of(effect) : Optional.empty();
    }

    private static Optional<Effect> header(String text) {
        int colon = text.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(new Effect.WithHeader(text.substring(0, colon), text.substring(colon + 1).strip()));
    }
}
