// SPDX-License-Identifier: Apache-2.0
/**
 * A model on a plain web server. HTTP knows no listing, so the names come from {@code SHA256SUMS} or from the configuration.
 */
@NullMarked
package dev.lastcall.warmup.store.web;

import org.jspecify.annotations.NullMarked;
