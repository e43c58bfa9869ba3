// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;

/**
 * The beginning of a small text file, with who could have written it. Immutable.
 *
 * @param text its first bytes
 * @param modified when it was last written
 * @param author who could have written it
 */
public record AuthoredText(String text, FileTime modified, FileAuthor author) {

    /**
     * Reads a file and looks before and after who could have put it there. A pipe, a device or a socket is not opened.
     *
     * @param limit bytes that are read at most
     * @param self the agent's own user
     * @throws IOException if it cannot be read, or is not there
     */
    public static AuthoredText read(Path path, int limit, long self) throws IOException {
        List<FileStep> before = FileAuthor.walk(path);
        FileStep file = before.getLast();
        FileAuthor author = FileAuthor.of(before, self);
        if (author instanceof FileAuthor.Unknown) {
            return new AuthoredText("", file.modified(), author);
        }
        String text;
        try (InputStream in = Files.newInputStream(file.path(), LinkOption.NOFOLLOW_LINKS)) {
            text = new String(in.readNBytes(limit), StandardCharsets.UTF_8);
        }
        return FileAuthor.walk(path).getLast().equals(file)
                ? new AuthoredText(text, file.modified(), author)
                : new AuthoredText("", file.modified(),
                        new FileAuthor.Unknown(path + " was replaced while it was read"));
    }
}
