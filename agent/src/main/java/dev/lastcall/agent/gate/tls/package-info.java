// SPDX-License-Identifier: Apache-2.0
/** TLS between a gate and its clients: the certificate and its renewal, the handshake, and how such a connection ends. */
@NullMarked
package dev.lastcall.agent.gate.tls;

import org.jspecify.annotations.NullMarked;
