// SPDX-License-Identifier: Apache-2.0
/**
 * How long to wait before the next attempt, and the wait itself, which an interruption ends.
 */
@NullMarked
package dev.lastcall.warmup.retry;

import org.jspecify.annotations.NullMarked;
