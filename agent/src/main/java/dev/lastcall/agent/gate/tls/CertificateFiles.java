// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.tls;

import java.nio.file.Path;

/**
 * Where a gate's certificate is, as PEM. Immutable.
 *
 * @param certificate the certificate, and after it those that lead to the authority
 * @param key         its private key, without a password
 */
public record CertificateFiles(Path certificate, Path key) {}
