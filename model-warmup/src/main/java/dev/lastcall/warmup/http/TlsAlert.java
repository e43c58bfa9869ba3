// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.lastcall.warmup.failure.Silence;

/**
 * What the other side of a TLS handshake said when it ended it (RFC 8446, 6.2), as Java's own TLS and BoringSSL pass it on.
 *
 * @param name as the standard writes it
 */
record TlsAlert(String name) {

    /** Those that end a handshake; a longer name comes before one that it contains. */
    private static final List<String> NAMES = List.of("certificate_required", "bad_certificate",
            "unsupported_certificate", "certificate_revoked", "certificate_expired", "certificate_unknown",
            "handshake_failure", "protocol_version", "insufficient_security", "unrecognized_name",
            "no_application_protocol", "missing_extension", "unsupported_extension", "illegal_parameter", "unknown_ca",
            "access_denied", "decode_error", "decrypt_error", "internal_error", "user_canceled");

    /** How a library says that it came from the other side. */
    private static final List<String> MARKS = List.of("fatal alert", "_alert_", "tlsv1_", "tlsv13_");

    /** The alert in what a library said; empty where the fault was found on this side. */
    static Optional<TlsAlert> in(String said) {
        String lower = said.toLowerCase(Locale.ROOT);
        return MARKS.stream().anyMatch(lower::contains)
                ? NAMES.stream().filter(lower::contains).findFirst().map(TlsAlert::new)
                : Optional.empty();
    }

    /** Which failure it is. */
    Silence silence() {
        return switch (name) {
            case "certificate_required", "bad_certificate", "unsupported_certificate", "certificate_revoked",
                    "certificate_expired", "certificate_unknown", "unknown_ca", "access_denied" ->
                Silence.CLIENT_CERTIFICATE;
            case "protocol_version", "insufficient_security" -> Silence.TLS_VERSION;
            case "unrecognized_name" -> Silence.TLS_HOST;
            default -> Silence.TLS;
        };
    }
}
