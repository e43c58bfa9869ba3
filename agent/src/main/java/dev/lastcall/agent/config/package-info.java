// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration: one file, the environment over it, flags over those; read and checked whole before anything starts.
 */
@NullMarked
package dev.lastcall.agent.config;

import org.jspecify.annotations.NullMarked;
