// SPDX-License-Identifier: Apache-2.0
/**
 * What stores that speak HTTP share: a look at a file, a reader of ranges, and the agreement that an answer is of exactly
 * the range and the version that were asked for. What differs between them is an
 * {@link dev.lastcall.warmup.store.http.HttpDialect}. Knows no store by name.
 */
@NullMarked
package dev.lastcall.warmup.store.http;

import org.jspecify.annotations.NullMarked;
