// SPDX-License-Identifier: Apache-2.0
/**
 * {@code lastcall doctor}: what on this node would make a drain or a warm-up fail, each with its remedy. Looks, and changes
 * nothing.
 */
@NullMarked
package dev.lastcall.agent.doctor;

import org.jspecify.annotations.NullMarked;
