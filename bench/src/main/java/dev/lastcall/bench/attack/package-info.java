// SPDX-License-Identifier: Apache-2.0
/** What strangers can do to a gate: memory and a good client's waiting time while each attack goes on. */
@NullMarked
package dev.lastcall.bench.attack;

import org.jspecify.annotations.NullMarked;
