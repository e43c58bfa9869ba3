// SPDX-License-Identifier: Apache-2.0
/**
 * What this agent hears of being taken back: the sources that the configuration names, what they see, the order in which the
 * agent's parts are notified of it, and the notices that an operator gives by hand.
 */
@NullMarked
package dev.lastcall.agent.notices;

import org.jspecify.annotations.NullMarked;
