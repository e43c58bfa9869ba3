// SPDX-License-Identifier: Apache-2.0
/**
 * Benchmarks: each prints one table, with a peer measured in the same run where there is one. Needs Linux; the programs
 * that a benchmark is compared with are found on the path.
 */
@NullMarked
package dev.lastcall.bench;

import org.jspecify.annotations.NullMarked;
