// SPDX-License-Identifier: Apache-2.0
/**
 * What a simulator plays: a timeline of values and faults, in Java or read from and written to YAML. Everything here is
 * immutable but the builders, and knows no clock, cloud or socket.
 */
@NullMarked
package dev.lastcall.simulator.script;

import org.jspecify.annotations.NullMarked;
