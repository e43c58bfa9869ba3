// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What a file system's error says, in words. */
public final class FileProblem {

    private FileProblem() {}

    /** The file and what is wrong with it, without the names of classes. */
    public static String said(IOException e) {
        return switch (e) {
            case NoSuchFileException absent -> absent.getFile() + ": no such file or folder";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case NotDirectoryException other -> other.getFile() + ": not a folder";
            case FileSystemException other when other.getReason() != null -> other.getFile() + ": " + other.getReason();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }
}
