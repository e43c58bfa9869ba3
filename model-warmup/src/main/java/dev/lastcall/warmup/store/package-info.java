// SPDX-License-Identifier: Apache-2.0
/**
 * The contract of a store. A {@link dev.lastcall.warmup.store.Store} lists a model once, as an immutable listing of
 * files with size, validator and digests, and opens readers of byte ranges; the engine asks for nothing else. Each store
 * has a package of its own below this one, and none knows another.
 *
 * <p>A store's answers are hostile input: names, sizes, counts and bodies are bounded and checked before they are used.
 */
@NullMarked
package dev.lastcall.warmup.store;

import org.jspecify.annotations.NullMarked;
