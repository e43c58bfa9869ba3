// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

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
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Which failure an error of the file system is. */
public final class DiskFaults {

    /** The words of strerror(3), which is all that Java passes on. */
    private static final Map<String, DiskFault> BY_WORDS = Map.ofEntries(Map.entry("no space left", DiskFault.FULL),
            Map.entry("quota exceeded", DiskFault.FULL), Map.entry("read-only file system", DiskFault.READ_ONLY),
            Map.entry("permission denied", DiskFault.DENIED), Map.entry("not permitted", DiskFault.DENIED),
            Map.entry("no such file", DiskFault.NOT_THERE), Map.entry("not a directory", DiskFault.NOT_A_FOLDER),
            Map.entry("is a directory", DiskFault.IS_A_FOLDER), Map.entry("file exists", DiskFault.ALREADY_THERE),
            Map.entry("too many levels", DiskFault.LOOP), Map.entry("name too long", DiskFault.LONG_NAME),
            Map.entry("too many open files", DiskFault.TOO_MANY_OPEN), Map.entry("stale file handle", DiskFault.STALE),
            Map.entry("input/output error", DiskFault.IO), Map.entry("cross-device", DiskFault.OTHER_DEVICE));

    private DiskFaults() {}

    /** The failure; the exception's own, where it carries one. */
    public static Failure of(IOException e) {
        return e instanceof Failed known ? known.failure() : onDisk(e, "");
    }

    /**
     * The failure.
     *
     * @param path it happened to, where the exception does not say
     */
    public static Failure.OnDisk onDisk(IOException e, String path) {
        if (e instanceof Failed known && known.failure() instanceof Failure.OnDisk own) {
            return own.path().isEmpty() ? new Failure.OnDisk(path, own.fault(), own.detail()) : own;
        }
        String file = e instanceof FileSystemException named && named.getFile() != null ? named.getFile() : path;
        DiskFault fault = fault(e);
        String detail = switch (fault) {
            case OTHER_DEVICE ->
                e instanceof FileSystemException moved && moved.getOtherFile() != null ? moved.getOtherFile() : "";
            case UNKNOWN -> Said.plain(e instanceof FileSystemException named ? named.getReason() : e.getMessage());
            case FULL, READ_ONLY, DENIED, NOT_THERE, NOT_A_FOLDER, LINK, IS_A_FOLDER, ALREADY_THERE, FOREIGN, NOT_EMPTY,
                    LOOP,
                    LONG_NAME, TOO_MANY_OPEN, STALE, IO, CLOSED, READ_BACK, CUT, ALIKE, NOT_APART, NO_CERTIFICATE,
                    NO_PEM ->
                "";
        };
        return new Failure.OnDisk(file, fault, detail);
    }

    /** Whether there is no room. */
    public static boolean isFull(IOException e) {
        return fault(e) == DiskFault.FULL;
    }

    private static DiskFault fault(IOException e) {
        return switch (e) {
            case NoSuchFileException absent -> DiskFault.NOT_THERE;
            case AccessDeniedException denied -> DiskFault.DENIED;
            case NotDirectoryException other -> DiskFault.NOT_A_FOLDER;
            case FileAlreadyExistsException other -> DiskFault.ALREADY_THERE;
            case DirectoryNotEmptyException other -> DiskFault.NOT_EMPTY;
            case FileSystemLoopException loop -> DiskFault.LOOP;
            case AtomicMoveNotSupportedException other -> DiskFault.OTHER_DEVICE;
            case ClosedChannelException closed -> DiskFault.CLOSED;
            default -> byWords(e.getMessage());
        };
    }

    private static DiskFault byWords(@Nullable String message) {
        String said = message == null ? "" : message.toLowerCase(Locale.ROOT);
        return BY_WORDS.entrySet()
                .stream()
                .filter(entry -> said.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(DiskFault.UNKNOWN);
    }
}
