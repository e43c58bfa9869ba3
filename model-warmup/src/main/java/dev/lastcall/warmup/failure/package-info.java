// SPDX-License-Identifier: Apache-2.0
/**
 * All that can go wrong in a warm-up, as values, and the one place that puts it into words. Stores, credentials, the fetch
 * and the cache say which failure it is; {@link dev.lastcall.warmup.failure.Words} says what happened, to what, why, and what
 * to do about it.
 */
@NullMarked
package dev.lastcall.warmup.failure;

import org.jspecify.annotations.NullMarked;
