// SPDX-License-Identifier: Apache-2.0
/**
 * Stand-ins that the tests, the benchmarks and the training run of the packages share. Never shipped.
 */
@NullMarked
package dev.lastcall.testkit;

import org.jspecify.annotations.NullMarked;
