// SPDX-License-Identifier: Apache-2.0
/**
 * The Hugging Face hub. {@link dev.lastcall.warmup.store.hf.HubStore} pins a revision to its commit, lists its tree, asks
 * the hub once for each file where it lies, and reads all ranges from there: the hub counts requests, what it points to
 * does not.
 */
@NullMarked
package dev.lastcall.warmup.store.hf;

import org.jspecify.annotations.NullMarked;
