// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP/2 with prior knowledge through the gate: gRPC and what else speaks it. It knows nothing of the gate's other classes:
 * what it needs of the gate's books, budget and log is behind narrow interfaces that the gate implements.
 */
@NullMarked
package dev.lastcall.agent.gate.h2;

import org.jspecify.annotations.NullMarked;
