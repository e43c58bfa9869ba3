// SPDX-License-Identifier: Apache-2.0
/**
 * What stores share to list a model: several looks at once, the objects of a bucket that are wanted, and the digests that a
 * {@code SHA256SUMS} offers.
 */
@NullMarked
package dev.lastcall.warmup.store.listing;

import org.jspecify.annotations.NullMarked;
