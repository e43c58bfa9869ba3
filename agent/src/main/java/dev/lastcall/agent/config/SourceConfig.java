// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A generic source of notices.
 *
 * @param name its name in metrics and records
 * @param from where the notice comes from
 * @param window what is left at a notice that names no time
 * @param poll between two looks
 */
public record SourceConfig(String name, From from, Duration window, Duration poll) {

    private static final ValueType<String> POINTER = ValueType.text("a JSON pointer such as /spot/terminationTime",
            "(/[^\\p{Cntrl}]{0,100}){1,8}");
    private static final ValueType<String> OFFSET = ValueType.text("an offset such as Z or +08:00",
            "Z|[+-]\\d{2}:\\d{2}");

    /** Where a notice comes from. */
    public sealed interface From {}

    /**
     * A URL: 404 is no notice, 200 is one.
     *
     * @param url what is asked
     * @param pointer where the time stands in a JSON answer; null where the whole answer is the time, or none is given
     * @param timeOffset the offset of a time that is written without one
     */
    public record Url(URI url, @Nullable String pointer, String timeOffset) implements From {}

    /** A provider whose paths are known. */
    public record Known(Preset preset) implements From {}

    /** A file that appears. */
    public record Appearing(Path file) implements From {}

    /**
     * A time that is known beforehand: the end of a Capacity Block, of a maximum run time.
     *
     * @param deadline when the node is gone
     * @param lead how long before it the drain begins
     */
    public record Fixed(OffsetDateTime deadline, Duration lead) implements From {}

    /** Providers whose paths are known. */
    public enum Preset {
        /** Alibaba Cloud's spot instances. */
        ALIBABA,
        /** Tencent Cloud's spot instances. */
        TENCENT,
        /** Elice Cloud's spot instances. */
        ELICE
    }

    static SourceConfig read(Section section) {
        String name = section.required("name", Names.NAME, "unnamed", "Its name in metrics, logs and records.");
        URI url = section.optional("url", ValueType.url(), "none",
                "Asked again and again: 404 is no notice, 200 is one.");
        String pointer = section.optional("pointer", POINTER, "the whole answer",
                "With `url`: where the time stands in a JSON answer.");
        String offset = section.value("timeOffset", OFFSET, "Z",
                "With `url`: the offset of a time written without one.");
        Preset preset = section.optional("preset", ValueType.word(Preset.values()), "none",
                "A provider whose paths are known.");
        Path file = section.optional("file", ValueType.absolutePath(), "none",
                "A file whose appearance is the notice.");
        OffsetDateTime deadline = section.optional("deadline", ValueType.instant(), "none",
                "A time known beforehand at which the node is gone: the end of a Capacity Block or of a maximum run time.");
        Duration lead = section.value("lead", Limits.LONG_WINDOW, Duration.ofMinutes(2),
                "With `deadline`: how long before it the drain begins.");
        Duration window = section.value("window", Limits.LONG_WINDOW, Duration.ofSeconds(30),
                "Time left at a notice that names no time.");
        Duration poll = section.value("poll", Limits.POLL, Duration.ofSeconds(1), "Time between two looks.");
        List<String> set = section.setAmong("url", "preset", "file", "deadline");
        if (set.size() != 1) {
            section.conflict("", "needs exactly one of url, preset, file, deadline; it has "
                    + (set.isEmpty() ? "none" : String.join(" and ", set)));
        }
        From from;
        if (url != null) {
            from = new Url(url, pointer, offset);
        } else if (preset != null) {
            from = new Known(preset);
        } else if (deadline != null) {
            from = new Fixed(deadline, lead);
        } else {
            from = new Appearing(file == null ? Path.of("/") : file);
        }
        return new SourceConfig(name, from, window, poll);
    }
}
