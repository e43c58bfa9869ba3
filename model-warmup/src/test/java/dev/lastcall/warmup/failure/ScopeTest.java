// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

import java.util.Optional;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Which failures let the other files of a model go on. */
class ScopeTest {

    @ParameterizedTest
    @CsvSource({"ACCESS,true", "ARCHIVED,true", "STORE_FAULT,true", "CUSTOMER_KEY,true", "WRONG_SECRET,false",
        "WRONG_CLOCK,false", "NO_BUCKET,false", "OTHER_VERSION,false", "TOO_MANY_REQUESTS,false"})
    void aRefusalOfOneObjectIsOfOneFile(Refusal refusal, boolean isOfOneFile) {
        Failure failure = new Failure.Refused(StoreFamily.S3, "GET s3://b/a", "403", refusal);

        assertThat(failure.isOfOneFile()).isEqualTo(isOfOneFile);
        assertThat(new Failure.Within("s3://b", failure, StoreProblem.REFUSED).isOfOneFile()).isEqualTo(isOfOneFile);
    }

    @ParameterizedTest
    @EnumSource(Refusal.class)
    void noRefusalThatSaysThatTheListingIsOldLetsTheOthersGoOn(Refusal refusal) {
        if (refusal.problem() == StoreProblem.CHANGED || refusal.problem() == StoreProblem.MISSING
                || refusal.problem() == StoreProblem.THROTTLED) {
            assertThat(new Failure.Refused(StoreFamily.S3, "GET s3://b/a", "403", refusal).isOfOneFile()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(AnswerFault.class)
    void noAnswerThatSaysThatTheListingIsOldLetsTheOthersGoOn(AnswerFault fault) {
        if (fault.problem() == StoreProblem.CHANGED) {
            assertThat(new Failure.BadAnswer(StoreFamily.WEB, "GET http://h/a", fault).isOfOneFile()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Silence.class)
    void aHostThatDoesNotAnswerIsOfAllFiles(Silence silence) {
        assertThat(new Failure.NoAnswer("GET http://h/a", silence, "", StoreProblem.UNREACHABLE).isOfOneFile())
                .isFalse();
        assertThat(new Failure.NoAnswer("GET http://h/a", silence, "", StoreProblem.SHORT).isOfOneFile()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(DiskFault.class)
    void theDiskIsOfAllFiles(DiskFault fault) {
        Failure.OnDisk disk = new Failure.OnDisk("/models/a", fault);

        assertThat(new Failure.WhileWriting("a", disk).isOfOneFile()).isFalse();
        assertThat(new Failure.NotRead("read", disk, StoreProblem.UNREACHABLE).isOfOneFile())
                .isEqualTo(fault == DiskFault.DENIED);
    }

    @ParameterizedTest
    @EnumSource(CredentialFault.class)
    void credentialsAreOfAllFiles(CredentialFault fault) {
        assertThat(new Failure.NoCredentials("AWS", fault, "", Optional.empty()).isOfOneFile()).isFalse();
    }
}
