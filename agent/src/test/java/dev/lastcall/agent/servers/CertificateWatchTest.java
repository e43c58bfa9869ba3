// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.gate.tls.CertificateFiles;
import dev.lastcall.agent.gate.tls.ClientTls;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.testing.ManualClock;
import dev.lastcall.testkit.SelfSigned;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class CertificateWatchTest {

    private final ManualClock clock = new ManualClock(Instant.now());

    @TempDir
    Path folder;

    @Test
    void missingOneIsReportedTakenUpWhenItIsThereAndReportedBeforeItEnds() throws Exception {
        SelfSigned made = SelfSigned.in(folder, "gate");
        Path key = folder.resolve("gate.key");
        ClientTls tls = new ClientTls(new CertificateFiles(made.certificate(), key), false);
        try (var watch = new CertificateWatch("llama", tls, clock, LoopObserver.NONE)) {
            watch.start();
            clock.awaitSleepers(1);
            assertThat(watch.lack()).hasValueSatisfying(lack -> {
                assertThat(lack.code()).isEqualTo(ConditionCode.CERTIFICATE_UNUSABLE);
                assertThat(lack.subject()).isEqualTo("llama");
                assertThat(lack.message()).isEqualTo(key + " is not there");
            });

            Files.writeString(key, pem(made));
            clock.advance(CertificateWatch.INTERVAL);
            clock.awaitSleepers(1);
            assertThat(watch.lack()).isEmpty();

            Files.writeString(key, "no key");
            clock.advance(CertificateWatch.INTERVAL);
            clock.awaitSleepers(1);
            assertThat(watch.lack()).map(Condition::code).hasValue(ConditionCode.CERTIFICATE_ENDS);

            Files.writeString(key, pem(made));
            Instant end = tls.endsAt().orElseThrow();
            clock.advance(Duration.between(clock.wallTime(), end).minus(CertificateWatch.NOTICE).plusMinutes(1));
            clock.awaitSleepers(1);
            assertThat(watch.lack()).map(Condition::message).hasValue("it ends at " + end);
        }
    }

    private static String pem(SelfSigned made) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(made.keyStore())) {
            store.load(in, made.password().toCharArray());
        }
        byte[] der = store.getKey("server", made.password().toCharArray()).getEncoded();
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END PRIVATE KEY-----\n";
    }
}
