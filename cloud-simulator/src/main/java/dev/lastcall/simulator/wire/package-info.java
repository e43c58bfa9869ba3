// SPDX-License-Identifier: Apache-2.0
/**
 * The sockets: requests are read, bounded and recorded, and replies are sent with the faults that strike them, real on the
 * wire. All but the accepting thread is confined to one event loop.
 */
@NullMarked
package dev.lastcall.simulator.wire;

import org.jspecify.annotations.NullMarked;
