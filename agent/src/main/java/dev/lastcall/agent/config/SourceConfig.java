// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;

/**
 * A generic source of notices.
 *
 * @param name its name in metrics and records
 * @param from where the notice comes from
 * @param window what is left at a notice that names no time
 * @param poll between two looks
 */
public record SourceConfig(String name, From from, Duration window, Duration poll) {

    private static final ValueType<TimePlace> TIME = new ValueType<>(
            "none, body, or a JSON pointer such as /spot/terminationTime", List.of("none", "body"),
            TimePlace::parse, TimePlace::toString, false);

    /** Where a notice comes from. */
    public sealed interface From {}

    /**
     * A URL: 404 is no notice, 200 is one.
     *
     * @param url what is asked
     * @param time where the answer names the time
     */
    public record Url(URI url, TimePlace time) implements From {}

    /** A provider whose paths are known. */
    public record Known(Preset preset) implements From {}

    /** A file that appears. */
    public record Appearing(Path file) implements From {}

    /** The agent of the node that this agent is in a pod of. */
    public record NodeAgent(Path socket) implements From {}

    /**
     * A time that is known beforehand.
     *
     * @param deadline when the node is gone
     * @param lead how long before it the drain begins
     */
    public record Fixed(OffsetDateTime deadline, Duration lead) implements From {}

    /**
     * An age of the machine that is known beforehand.
     *
     * @param age at which the node is gone
     * @param lead how long before it the drain begins
     */
    public record Aging(Duration age, Duration lead) implements From {}

    /** Providers whose paths are known. */
    public enum Preset {
        /** Alibaba Cloud's spot instances. */
        ALIBABA,
        /** Tencent Cloud's spot instances. */
        TENCENT,
        /** Elice Cloud's spot instances. */
        ELICE
    }

    /**
     * Where an answer names the time.
     *
     * @param pointer {@code none}, {@code body}, or a JSON pointer
     */
    public record TimePlace(String pointer) {

        /** Nowhere. */
        static final TimePlace NONE = new TimePlace("none");

        static TimePlace parse(String text) {
            if (!text.matches("none|body|(/[^\\p{Cntrl}]{0,100}){1,8}")) {
                throw new IllegalArgumentException("is none of them");
            }
            return new TimePlace(text);
        }

        @Override
        public String toString() {
            return pointer;
        }
    }

    static SourceConfig read(Section section) {
        String name = section.required("name", Names.NAME, "unnamed", "Its name in metrics, logs and records.");
        URI url = section.optional("url", ValueType.url(), "none",
                "Asked again and again: 404 is no notice, 200 is one.");
        TimePlace time = section.value("time", TIME, TimePlace.NONE,
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
        Duration lead = section.value("lead", Limits.LONG_WINDOW, Duration.ofMinutes(10),
                "With `deadline` or `age`: how long before it the drain begins.");
        Duration window = section.value("window", Limits.LONG_WINDOW, Duration.ofMinutes(2),
                "Time left at a notice that names no time.");
        Duration poll = section.value("poll", Limits.POLL, Duration.ofSeconds(1), "Time between two looks.");
        List<String> set = section.setAmong("url", "preset", "file", "agent", "deadline", "age");
        if (set.size() != 1) {
            section.conflict("", "needs exactly one of url, preset, file, agent, deadline, age; it has "
                    + (set.isEmpty() ? "none" : String.join(" and ", set)));
        }
        if (preset != null && !section.setAmong("window").isEmpty()) {
            section.conflict("window", "is the provider's own with a preset; leave it out");
        }
        From from;
        if (url != null) {
            from = new Url(url, time);
        } else if (preset != null) {
            from = new Known(preset);
        } else if (agent != null) {
            from = new NodeAgent(agent);
        } else if (deadline != null) {
            from = new Fixed(deadline, lead);
        } else if (age != null) {
            from = new Aging(age, lead);
        } else {
            from = new Appearing(file == null ? Path.of("/") : file);
        }
        return new SourceConfig(name, from, window, poll);
    }
}
