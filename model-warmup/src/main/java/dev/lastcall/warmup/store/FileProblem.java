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

/** What a file system's error says, in words. */
public final class FileProblem {

    private FileProblem() {}

    /** The file and what is wrong with it, without the names of classes. */
    public static String said(IOException e) {
        return switch (e) {
            case NoSuchFileException absent -> absent.getFile() + ": no such file or folder";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case NotDirectoryException other -> other.getFile() + ": not a folder";
            case FileAlreadyExistsException other -> other.getFile() + ": something lies there already";
            case DirectoryNotEmptyException other -> other.getFile() + ": the folder is not empty";
            case FileSystemLoopException loop -> loop.getFile() + ": its links lead in a circle";
            case AtomicMoveNotSupportedException other ->
                other.getFile() + ": lies on another file system than its destination " + other.getOtherFile();
            case FileSystemException other when other.getReason() != null -> other.getFile() + ": " + other.getReason();
            case FileSystemException other -> other.getFile() + ": the file system refused it";
            case ClosedChannelException closed -> "the file was closed while it was used";
            default ->
                e.getMessage() == null ? "an error of the disk or the network without a message" : e.getMessage();
        };
    }

    /** What can only be a fault of this program; its details are for the log. */
    public static String unforeseen(String where) {
        return where + " failed in an unforeseen way; this is a fault of Lastcall: report it with the log"
                + " (LASTCALL_LOG_LEVEL=debug shows where)";
    }
}
