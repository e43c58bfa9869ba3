// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.generic;

import java.time.Duration;

/** A source that belongs to no cloud. */
public sealed interface GenericSettings permits UrlSettings, FileSettings, FixedEndSettings {

    /** The window of a notice that names no time, unless another is set. */
    Duration WINDOW = Duration.ofMinutes(2);

    /** Between two looks, unless set otherwise. */
    Duration POLL = Duration.ofSeconds(1);

    /** The source's name. */
    String name();
}
