// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/** Whether a disk distinguishes names that differ only by case or by Unicode form. */
final class NameForms {

    private static final List<List<String>> PAIRS = List.of(List.of("name-forms", "NAME-FORMS"),
            List.of("name-\u00e9", "name-e\u0301"));

    private NameForms() {}

    /** Tries it in this folder, and leaves nothing there. */
    static boolean areDistinct(Path folder) throws IOException {
        for (List<String> pair : PAIRS) {
            Path probe = folder.resolve(pair.getFirst());
            Files.deleteIfExists(probe);
            Files.createFile(probe);
            try {
                if (Files.exists(folder.resolve(pair.getLast()), LinkOption.NOFOLLOW_LINKS)) {
                    return false;
                }
            } finally {
                Files.delete(probe);
            }
        }
        return true;
    }
}
