// SPDX-License-Identifier: Apache-2.0
/**
 * What differs from one kind of inference server to the next: how it is recognised, how its gauges are read and how it
 * is asked to abort. Everything here talks HTTP to the server itself and is bounded in time and size; what a server
 * answers is not trusted.
 */
@NullMarked
package dev.lastcall.agent.server.kind;

import org.jspecify.annotations.NullMarked;
