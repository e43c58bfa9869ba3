// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.lastcall.warmup.failure.DiskFault;
import dev.lastcall.warmup.failure.DiskFaults;
import dev.lastcall.warmup.failure.Words;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.network.NetworkSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Every failure of a file is reported in words. */
class FileProblemTest {

    static Stream<IOException> failures() {
        return Stream.of(new NoSuchFileException("/x"), new AccessDeniedException("/x"),
                new NotDirectoryException("/x"),
                new FileAlreadyExistsException("/x"), new DirectoryNotEmptyException("/x"),
                new FileSystemLoopException("/x"), new AtomicMoveNotSupportedException("/x", "/y", "other device"),
                new FileSystemException("/x"), new FileSystemException("/x", null, "Input/output error"),
                new ClosedChannelException(), new IOException());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void wordsNameNoClassAndAreMoreThanAPath(IOException failure) {
        assertThat(Words.of(failure).line()).doesNotContain("Exception", "java.", "null")
                .contains("; ");
    }

    @Test
    void aFailureIsTheSameByItsTypeAndByTheSystemsWords() {
        Map<DiskFault, List<IOException>> failures = Map.of(
                DiskFault.NOT_THERE, List.of(new NoSuchFileException("/x"), said("No such file or directory")),
                DiskFault.DENIED, List.of(new AccessDeniedException("/x"), said("Permission denied")),
                DiskFault.NOT_A_FOLDER, List.of(new NotDirectoryException("/x"), said("Not a directory")),
                DiskFault.ALREADY_THERE, List.of(new FileAlreadyExistsException("/x"), said("File exists")),
                DiskFault.LOOP,
                List.of(new FileSystemLoopException("/x"), said("Too many levels of symbolic links")),
                DiskFault.NOT_EMPTY, List.of(new DirectoryNotEmptyException("/x")),
                DiskFault.FULL, List.of(said("No space left on device"), said("Disk quota exceeded")),
                DiskFault.IO, List.of(said("Input/output error")));

        failures.forEach((fault, all) -> assertThat(all).allSatisfy(
                failure -> assertThat(DiskFaults.onDisk(failure, "").fault()).isEqualTo(fault)));
    }

    private static IOException said(String words) {
        return new FileSystemException("/x", null, words);
    }

    @Test
    void aFileOfAuthoritiesThatCannotBeReadIsNamedByItsVariable() {
        for (String variable : List.of("SSL_CERT_FILE", "AWS_CA_BUNDLE")) {
            IOException failure = catchThrowableOfType(IOException.class,
                    () -> Network.of(NetworkSettings.from(Map.of(variable, Path.of("/nowhere/ca.pem").toString()))));

            assertThat(failure).hasMessageContaining(variable)
                    .hasMessageContaining("/nowhere/ca.pem: no such file")
                    .hasMessageContaining("unset it");
        }
    }
}
