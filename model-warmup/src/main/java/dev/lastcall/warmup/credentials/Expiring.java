// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.time.Instant;
import java.util.Optional;

/** Something that is good until an instant on the calendar. */
public interface Expiring {

    /** The end; empty where there is none or it is unknown. */
    Optional<Instant> expiration();
}
