// SPDX-License-Identifier: Apache-2.0
/**
 * What proves that bytes are the right ones: digests as values, sums that are computed as bytes pass and combined out
 * of order, hashes that need their bytes in order, and checks of the structure of weight files.
 *
 * <p>Knows nothing of stores, sockets or the cache. Values are immutable; running sums belong to one thread.
 */
@NullMarked
package dev.lastcall.warmup.verify;

import org.jspecify.annotations.NullMarked;
