// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** The file by which a unit is attached. Never writes over, or removes, what `attach` has not written. */
public final class DropIn {

    private static final int MOST_BYTES = 64 * 1024;
    private static final String DIRECTORY_SUFFIX = ".d";

    private final Path file;

    /**
     * @param units where an administrator's units are, {@code /etc/systemd/system}
     * @param unit the unit's full name
     */
    public DropIn(Path units, String unit) {
        this.file = units.resolve(unit + DIRECTORY_SUFFIX).resolve(Attachment.FILE_NAME);
    }

    /** The units that have such a file. */
    public static List<String> attached(Path units) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(units, "*.service" + DIRECTORY_SUFFIX)) {
            for (Path folder : folders) {
                if (Files.exists(folder.resolve(Attachment.FILE_NAME))) {
                    String name = folder.getFileName().toString();
                    names.add(name.substring(0, name.length() - DIRECTORY_SUFFIX.length()));
                }
            }
        } catch (NoSuchFileException none) {
            return List.of();
        }
        names.sort(String::compareTo);
        return names;
    }

    /** What is there. */
    public sealed interface State {
        /** Nothing. */
        record Absent() implements State {}

        /** What `attach` wrote. */
        record Ours(String text) implements State {}

        /** Something that `attach` did not write, or that was changed since. */
        record Foreign(String text) implements State {}
    }

    /** Looks. */
    public State read() throws IOException {
        String text;
        try (InputStream in = Files.newInputStream(file)) {
            text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        } catch (NoSuchFileException none) {
            return new State.Absent();
        }
        return Attachment.isUntouched(text) ? new State.Ours(text) : new State.Foreign(text);
    }

    /** Writes it, whole or not at all. */
    public void write(Attachment attachment) throws IOException {
        Files.createDirectories(file.getParent(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path part = file.resolveSibling("." + Attachment.FILE_NAME + ".part");
        Files.writeString(part, attachment.text());
        Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes it, and its folder if nothing else is in it. */
    public void remove() throws IOException {
        Files.deleteIfExists(file);
        try {
            Files.deleteIfExists(file.getParent());
        } catch (DirectoryNotEmptyException others) {
            // An operator's own drop-ins stay.
        }
    }

    /** Where it is. */
    public Path file() {
        return file;
    }
}
