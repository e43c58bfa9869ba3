// SPDX-License-Identifier: Apache-2.0
/**
 * The warm-up beside its peers: the same files from the same nginx on loopback, in turn, each client as a process of its
 * own whose CPU time, peak memory and rate are measured from outside.
 */
@NullMarked
package dev.lastcall.bench.warm;

import org.jspecify.annotations.NullMarked;
