// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP/1.1 on plain blocking sockets, as much of it as ranged GETs need: dialling over all addresses of a host, a
 * strict bounded head parser, bodies of known length read straight into the caller's buffer.
 *
 * <p>A connection belongs to one thread; only {@code abort} may come from another. Everything read from the network is
 * bounded. Knows nothing of stores or files.
 */
@NullMarked
package dev.lastcall.warmup.http;

import org.jspecify.annotations.NullMarked;
