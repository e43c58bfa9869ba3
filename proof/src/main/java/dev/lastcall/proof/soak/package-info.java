// SPDX-License-Identifier: Apache-2.0
/**
 * A mixed load through the real agent for many minutes, with faults of the servers and of the metadata service, and notices
 * that are withdrawn. Each answer names its request, so that a byte that reaches the wrong client is seen.
 */
@NullMarked
package dev.lastcall.proof.soak;

import org.jspecify.annotations.NullMarked;
