// SPDX-License-Identifier: Apache-2.0
/**
 * How stores and credentials talk to the world: whose certificates are trusted, which proxy is used, which redirects are
 * followed, and the client for small calls. Each call is bounded in time and in bytes.
 */
@NullMarked
package dev.lastcall.warmup.network;

import org.jspecify.annotations.NullMarked;
