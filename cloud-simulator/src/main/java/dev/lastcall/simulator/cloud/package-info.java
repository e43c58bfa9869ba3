// SPDX-License-Identifier: Apache-2.0
/**
 * The rules of each cloud's metadata server: which key answers what, with which token, header and error. No socket is known
 * here: a request comes in, a reply goes out.
 */
@NullMarked
package dev.lastcall.simulator.cloud;

import org.jspecify.annotations.NullMarked;
