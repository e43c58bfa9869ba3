// SPDX-License-Identifier: Apache-2.0
/**
 * Brings a model's weights from a store onto local disk: as fast as the network and the disk allow, verified, resumable
 * after a kill at any instant, in bounded memory.
 *
 * <p>{@link dev.lastcall.warmup.Warmup} is the use case: a store, a place, a request; {@code run} blocks, {@code cancel} and
 * {@code progress} come from other threads. What can go wrong is a {@link dev.lastcall.warmup.WarmupException}, sealed by what
 * a caller does about it.
 */
@NullMarked
package dev.lastcall.warmup;

import org.jspecify.annotations.NullMarked;
