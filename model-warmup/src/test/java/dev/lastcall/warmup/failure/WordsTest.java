// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.lastcall.warmup.http.Silences;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Every failure has words, at every kind of store, and none of them are a program's. */
class WordsTest {

    private static final String DETAIL = "the detail";
    private static final String SIGNED = "GET https://h/m/a?X-Amz-Signature=deadbeef&sig=deadbeef";

    static Stream<Failure> failures() {
        List<Failure> all = new ArrayList<>();
        for (StoreFamily family : StoreFamily.values()) {
            for (Refusal refusal : Refusal.values()) {
                all.add(new Failure.Refused(family, SIGNED, "403", refusal));
            }
            for (AnswerFault fault : AnswerFault.values()) {
                all.add(new Failure.BadAnswer(family, SIGNED, fault, DETAIL));
            }
            for (ModelFault fault : ModelFault.values()) {
                all.add(new Failure.BadModel(family, SIGNED, fault, DETAIL));
            }
        }
        for (Silence silence : Silence.values()) {
            all.add(new Failure.NoAnswer(SIGNED, silence, DETAIL, StoreProblem.UNREACHABLE));
        }
        for (DiskFault fault : DiskFault.values()) {
            Failure.OnDisk disk = new Failure.OnDisk("/a", fault, DETAIL);
            all.addAll(List.of(disk, new Failure.NotRead("list", disk, StoreProblem.UNREACHABLE),
                    new Failure.WhileWriting("a", disk), new Failure.BadAuthorities("SSL_CERT_FILE", disk),
                    new Failure.BadCache(disk)));
        }
        for (CredentialFault fault : CredentialFault.values()) {
            all.add(new Failure.NoCredentials("s3://b", fault,
                    new Failure.NoAnswer(SIGNED, Silence.TIMED_OUT, "", StoreProblem.UNREACHABLE)));
            if (!fault.what().isEmpty()) {
                all.add(new Failure.NoCredentials("s3://b", fault, DETAIL));
            }
        }
        for (AddressFault fault : AddressFault.values()) {
            all.add(new Failure.BadAddress("s3://b", fault, DETAIL));
        }
        for (Ending ending : Ending.values()) {
            all.add(new Failure.Ended("a", ending));
            all.add(new Failure.Restless(new Failure.Ended("a", ending), 8));
        }
        for (long bytes : new long[]{0, 9_999, 123_456_789, Long.MAX_VALUE}) {
            all.add(new Failure.NoRoom("a", "/d", bytes, bytes, Optional.empty()));
            all.add(new Failure.NoRoom("a", "/d", bytes, bytes,
                    Optional.of(new Failure.NoRoom.Limits(bytes, bytes, bytes, bytes, bytes))));
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void everyFailureHasWordsForAPerson(Failure failure) {
        Words words = Words.of(failure);

        assertThat(words.what()).isNotBlank();
        assertThat(words.where() + words.what()).as("to what").isNotBlank();
        assertThat(words.line()).doesNotContain("{}", "deadbeef", "null", "  ", ";;", "()", "Exception")
                .doesNotContainPattern("\\b\\d{5,}\\b")
                .doesNotContainPattern("[a-z]\\.[A-Z]");
    }

    /** What is over when it is tried again or listed again needs no hand; all else does. */
    @ParameterizedTest
    @MethodSource("failures")
    void whatNeedsAHandSaysWhatToDo(Failure failure) {
        boolean mayPass = failure instanceof Failure.OfStore ofStore
                && (ofStore.problem().isTransient() || ofStore.problem() == StoreProblem.CHANGED);

        assertThat(mayPass || !Words.of(failure).remedy().isEmpty() || failure instanceof Failure.NoCredentials)
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void theListOfDigestsIsAdviceForFoldersAlone(StoreFamily family) {
        boolean isOfSums = family == StoreFamily.WEB || family == StoreFamily.FOLDER;
        for (ModelFault fault : List.of(ModelFault.NO_DIGEST, ModelFault.CORRUPT)) {
            assertThat(Words.of(new Failure.BadModel(family, "a", fault, DETAIL)).remedy().contains("SHA256SUMS"))
                    .isEqualTo(isOfSums);
        }
    }

    @ParameterizedTest
    @CsvSource({"No space left on device,FULL", "Disk quota exceeded,FULL", "Read-only file system,READ_ONLY",
        "Operation not permitted,DENIED", "Is a directory,IS_A_FOLDER", "File name too long,LONG_NAME",
        "Too many open files,TOO_MANY_OPEN", "Stale file handle,STALE", "Input/output error,IO",
        "Invalid cross-device link,OTHER_DEVICE", "Something else,UNKNOWN"})
    void theSystemsWordForAnErrorOfTheDiskIsUnderstood(String said, DiskFault fault) {
        assertThat(DiskFaults.onDisk(new FileSystemException("/a", null, said), "/b"))
                .isEqualTo(new Failure.OnDisk("/a", fault, fault == DiskFault.UNKNOWN ? said : ""));
        assertThat(DiskFaults.onDisk(new IOException(said), "/b").path()).isEqualTo("/b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"java.net.ConnectException: Connection refused: no further information",
        "io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: localhost/127.0.0.1:12345",
        "javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: "
                + "unable to find valid certification path",
        "javax.net.ssl.SSLException: Received fatal alert: internal_error",
        "java.util.concurrent.TimeoutException: null"})
    void whatALibrarySaysIsNotPassedOnAsItIs(String said) {
        for (Exception noticed : List.of(new IOException(said), new IOException(null, new ConnectException(said)))) {
            String line = Words.of(Silences.of("GET http://h/a", noticed, StoreProblem.UNREACHABLE)).line();

            assertThat(line).doesNotContain("java", "netty", "sun.security", "Exception", "no further information",
                    "null");
        }
    }

    @Test
    void whatWasNotForeseenIsAFaultOfThisProgram() {
        assertThat(Words.of("the listing", new IllegalStateException("boom")).line()).startsWith("the listing: ")
                .contains("a fault of Lastcall")
                .doesNotContain("boom");
    }
}
