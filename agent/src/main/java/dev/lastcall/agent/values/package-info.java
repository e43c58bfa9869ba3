// SPDX-License-Identifier: Apache-2.0
/** Values as people write them: durations, sizes, rates, shares of a disk, addresses to listen on. */
@NullMarked
package dev.lastcall.agent.values;

import org.jspecify.annotations.NullMarked;
