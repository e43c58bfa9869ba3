// SPDX-License-Identifier: Apache-2.0
/**
 * What this node is seen to be: whether it is protected, its status for people and programs, for systemd and for the meters.
 */
@NullMarked
package dev.lastcall.agent.status;

import org.jspecify.annotations.NullMarked;
