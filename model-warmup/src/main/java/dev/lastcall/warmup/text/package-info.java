// SPDX-License-Identifier: Apache-2.0
/** Text for people, and what of it people must not see. */
@NullMarked
package dev.lastcall.warmup.text;

import org.jspecify.annotations.NullMarked;
