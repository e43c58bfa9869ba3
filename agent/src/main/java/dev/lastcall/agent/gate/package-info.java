// SPDX-License-Identifier: Apache-2.0
/**
 * The in-path reverse proxy before a server: counts exactly, closes exactly, cuts honestly.
 */
@NullMarked
package dev.lastcall.agent.gate;

import org.jspecify.annotations.NullMarked;
