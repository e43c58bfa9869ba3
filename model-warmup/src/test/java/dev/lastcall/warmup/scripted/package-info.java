// SPDX-License-Identifier: Apache-2.0
/** A store for tests that plays faults over time and counts what it serves. */
@NullMarked
package dev.lastcall.warmup.scripted;

import org.jspecify.annotations.NullMarked;
