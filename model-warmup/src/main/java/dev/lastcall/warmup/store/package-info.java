// SPDX-License-Identifier: Apache-2.0
/**
 * Where models come from. A {@link dev.lastcall.warmup.store.Store} lists a model once, as an immutable listing of
 * files with size, validator and digests, and opens readers of byte ranges; the engine asks for nothing else, so a new
 * store touches this package only.
 *
 * <p>A store's answers are hostile input: names, sizes, counts and bodies are bounded and checked before they are used.
 * What the status codes of a store mean is decided here and nowhere else.
 */
@NullMarked
package dev.lastcall.warmup.store;

import org.jspecify.annotations.NullMarked;
