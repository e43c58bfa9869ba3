// SPDX-License-Identifier: Apache-2.0
/**
 * One directory on local disk for all models, shared by processes that need not know of each other.
 *
 * <p>A file appears in a model's folder only whole and verified, by one rename; a model is warm when its manifest says that
 * all of its files are. Bytes on their way live elsewhere, under names that belong to one owner. Who may work on a model is
 * settled by a lease that a dead owner loses. Room is made by forgetting the model that was not used for longest and that
 * is not held. All paths are computed in {@link dev.lastcall.warmup.cache.CacheLayout}.
 */
@NullMarked
package dev.lastcall.warmup.cache;

import org.jspecify.annotations.NullMarked;
