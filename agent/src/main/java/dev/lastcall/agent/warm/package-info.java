// SPDX-License-Identifier: Apache-2.0
/** {@code lastcall warm}: one model, now, with a progress bar. */
@NullMarked
package dev.lastcall.agent.warm;

import org.jspecify.annotations.NullMarked;
