// SPDX-License-Identifier: Apache-2.0
/**
 * Drains a real llama-server under load with the real agent, and holds it to what it promises. Run by hand and in
 * continuous integration; ships with nothing.
 */
@NullMarked
package dev.lastcall.proof;

import org.jspecify.annotations.NullMarked;
