// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.io.IOException;

import javax.net.ssl.SSLHandshakeException;

import dev.lastcall.warmup.failure.Silence;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.failure.Words;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What two libraries say of one alert is one failure, and none of their own words is passed on. */
class SilencesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Received fatal alert: handshake_failure|TLS|handshake_failure",
        "error:10000410:SSL routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE|TLS|handshake_failure",
        "(internal_error) Received fatal alert: internal_error|TLS|internal_error",
        "Received fatal alert: bad_certificate|CLIENT_CERTIFICATE|",
        "Received fatal alert: certificate_required|CLIENT_CERTIFICATE|",
        "error:1000045c:SSL routines:OPENSSL_internal:TLSV1_CERTIFICATE_REQUIRED|CLIENT_CERTIFICATE|",
        "error:10000418:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA|CLIENT_CERTIFICATE|",
        "Received fatal alert: protocol_version|TLS_VERSION|",
        "error:1000042e:SSL routines:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION|TLS_VERSION|",
        "error:100000f0:SSL routines:OPENSSL_internal:UNSUPPORTED_PROTOCOL|TLS_VERSION|",
        "The server selected protocol version TLS10 is not accepted by client preferences [TLS13, TLS12]|TLS_VERSION|",
        "Received fatal alert: unrecognized_name|TLS_HOST|",
        "error:10000458:SSL routines:OPENSSL_internal:TLSV1_UNRECOGNIZED_NAME|TLS_HOST|"})
    void anAlertIsUnderstood(String said, Silence silence, String why) {
        IOException noticed = new IOException(new SSLHandshakeException(said));

        assertThat(Silences.silence(noticed)).isEqualTo(silence);
        String line = Words.of(Silences.of("GET https://h/a", noticed, StoreProblem.UNREACHABLE)).line();
        assertThat(line).doesNotContain("OPENSSL", "routines", "fatal alert", "SSLV3");
        if (why != null) {
            assertThat(line).contains("the server's reason: " + why);
        }
    }

    @ParameterizedTest
    @CsvSource({"certificate_required,REFUSED", "protocol_version,REFUSED", "unrecognized_name,REFUSED",
        "handshake_failure,UNREACHABLE"})
    void whatStaysUntilAnOperatorActsIsNotTriedAgain(String alert, StoreProblem problem) {
        assertThat(Silences.of("GET https://h/a", new SSLHandshakeException("Received fatal alert: " + alert),
                StoreProblem.UNREACHABLE).problem()).isEqualTo(problem);
    }
}
