// SPDX-License-Identifier: Apache-2.0
/**
 * The daemon: its life from configuration to exit. Everything it is made of lives in the packages below.
 */
@NullMarked
package dev.lastcall.agent;

import org.jspecify.annotations.NullMarked;
