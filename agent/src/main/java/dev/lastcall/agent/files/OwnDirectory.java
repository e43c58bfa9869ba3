// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * Directories in which only root and the agent's own user put files. In any other, another user could have put a state that closes
 * the doors, a lock that keeps the agent from its work, or a link through which the agent writes elsewhere. Stateless.
 */
public final class OwnDirectory {

    private OwnDirectory() {}

    /**
     * The owner that Linux shows for a user without a number in this user namespace, and that images give to what their own user
     * needs. It is no stranger, unless every user could have put the directory there.
     */
    private static final long UNMAPPED = 65_534;

    /**
     * Makes the directory if it is not there, and looks whose it is.
     *
     * @param mode of what is made, such as {@code rwx------}
     * @throws IOException if it cannot be made, or must not be used; the message says why
     */
    public static void make(Path directory, String mode) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        }
        Optional<String> objection = objection(directory);
        if (objection.isPresent()) {
            throw new IOException(objection.get());
        }
    }

    /** Why files in the directory are not to be trusted; empty where they are, and where it is still to be made. */
    public static Optional<String> objection(Path directory) {
        try {
            return objection(FileAuthor.walk(directory), ProcessUser.self());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException unknown) {
            return Optional.of("cannot determine who may write " + directory + ": " + unknown.getMessage());
        }
    }

    static Optional<String> objection(List<FileStep> steps, ProcessUser self) {
        boolean planted = false;
        for (FileStep step : steps) {
            planted |= step.othersWrite();
            if (!step.isOf(self.effective()) && (planted || step.owner() != UNMAPPED)) {
                return Optional.of(step.path() + " belongs to user " + step.owner()
                        + ", who can put files there");
            }
        }
        FileStep last = steps.getLast();
        if (last.kind() != FileStep.Kind.DIRECTORY) {
            return Optional.of(last.path() + " is not a directory");
        }
        if (last.othersWrite()) {
            return Optional.of("every user may put files into " + last.path());
        }
        return last.groupWrites() && last.group() != self.group()
                ? Optional.of("each member of group " + last.group() + " may put files into " + last.path())
                : Optional.empty();
    }

    /** Whether users who own nothing on the way to a file may read it; false where that cannot be known. */
    public static boolean othersCanRead(Path file) {
        try {
            return FileAuthor.walk(file).stream().allMatch(FileStep::othersPass);
        } catch (IOException unknown) {
            return false;
        }
    }
}
