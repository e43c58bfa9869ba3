// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;

import dev.lastcall.agent.values.Durations;
import dev.lastcall.metadata.generic.FileSettings;
import dev.lastcall.metadata.generic.FixedEndSettings;
import dev.lastcall.metadata.generic.FixedEndSettings.End;
import dev.lastcall.metadata.generic.GenericSettings;
import dev.lastcall.metadata.generic.NoticeTimeFormat;
import dev.lastcall.metadata.generic.TimeField;
import dev.lastcall.metadata.generic.UrlSettings;

/** A generic source of notices. */
final class SourceSchema {

    private static final ValueType<TimeField> TIME = new ValueType<>(
            "none, body, or a JSON pointer such as /spot/terminationTime", new ValueShape.Text(List.of("none", "body")),
            SourceSchema::time, SourceSchema::text, false);

    private SourceSchema() {}

    /** What an element of {@code sources} is. */
    sealed interface Source {

        String name();

        /** The library's to watch. */
        record Generic(GenericSettings settings) implements Source {
            @Override
            public String name() {
                return settings.name();
            }
        }

        /** The agent's own to watch. */
        record Relayed(NodeAgentSource settings) implements Source {
            @Override
            public String name() {
                return settings.name();
            }
        }
    }

    /** Providers whose paths are known. */
    private enum Preset {
        ALIBABA, TENCENT, ELICE
    }

    /** @param timeout bound on one exchange */
    static Source read(Section section, Duration timeout) {
        String name = section.required("name", Names.NAME, "unnamed", "Its name in metrics, logs and records.");
        URI url = section.optional("url", ValueType.url(), "none",
                "Asked again and again: 404 is no notice, 200 is one.");
        TimeField time = section.value("time", TIME, TimeField.NOWHERE,
                "With `url`: where the answer names the time: nowhere, as its whole body, or in a field of its JSON.");
        Preset preset = section.optional("preset", ValueType.word(Preset.values()), "none",
                "A provider whose paths are known.");
        Path file = section.optional("file", ValueType.absolutePath(), "none",
                "A file whose appearance is the notice; its first line may be the time.");
        Path agent = section.optional("agent", ValueType.absolutePath(), "none",
                "The socket where the node's agent relays its notices (its `relay.socket`), for a gate in a pod.");
        OffsetDateTime deadline = section.optional("deadline", ValueType.instant(), "none",
                "A time known beforehand at which the node is gone: the end of a Capacity Block, say.");
        Duration age = section.optional("age", ValueType.duration(Duration.ofMinutes(1), Durations.MAX), "none",
                "An age of the machine known beforehand at which it is gone: a maximum run time, say.");
        Duration lead = section.value("lead", Limits.LONG_WINDOW, FixedEndSettings.LEAD,
                "With `deadline` or `age`: how long before it the drain begins.");
        Duration window = section.value("window", Limits.LONG_WINDOW, GenericSettings.WINDOW,
                "Time left at a notice that names no time.");
        Duration poll = section.value("poll", Limits.POLL, GenericSettings.POLL, "Time between two looks.");
        List<String> set = section.setAmong("url", "preset", "file", "agent", "deadline", "age");
        if (set.size() != 1) {
            section.conflict("", "needs exactly one of url, preset, file, agent, deadline, age; it has "
                    + (set.isEmpty() ? "none" : String.join(" and ", set)));
        }
        if (preset != null && !section.setAmong("window").isEmpty()) {
            section.conflict("window", "is the provider's own with a preset; leave it out");
        }
        if (url != null) {
            return new Source.Generic(UrlSettings.of(name, url)
                    .withTime(time, NoticeTimeFormat.USUAL)
                    .withWindow(window)
                    .withPace(name, poll, timeout));
        }
        if (preset != null) {
            return new Source.Generic(known(preset).withPace(name, poll, timeout));
        }
        if (agent != null) {
            return new Source.Relayed(new NodeAgentSource(name, agent));
        }
        if (deadline != null) {
            return new Source.Generic(new FixedEndSettings(name, new End.At(deadline.toInstant()), lead));
        }
        if (age != null) {
            return new Source.Generic(new FixedEndSettings(name, new End.AtAge(age), lead));
        }
        return new Source.Generic(new FileSettings(name, file == null ? Path.of("/") : file, window, poll));
    }

    private static UrlSettings known(Preset preset) {
        return switch (preset) {
            case ALIBABA -> UrlSettings.alibaba();
            case TENCENT -> UrlSettings.tencent();
            case ELICE -> UrlSettings.elice();
        };
    }

    private static TimeField time(String text) {
        if (!text.matches("none|body|(/[^\\p{Cntrl}]{0,100}){1,8}")) {
            throw new IllegalArgumentException("is none of them");
        }
        return switch (text) {
            case "none" -> TimeField.NOWHERE;
            case "body" -> TimeField.BODY;
            default -> new TimeField.Pointer(text);
        };
    }

    private static String text(TimeField time) {
        return switch (time) {
            case TimeField.Nowhere _ -> "none";
            case TimeField.Body _ -> "body";
            case TimeField.Pointer(String pointer) -> pointer;
        };
    }
}
