// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which names a store may give to files. A name that climbs out of the model, that no file system can hold, or that
 * collides with another is refused before a byte of the model is written.
 */
public final class FileNames {

    /** NAME_MAX of ext4 and XFS. */
    private static final int MAX_COMPONENT_BYTES = 255;

    /** Room for the cache's own prefix below PATH_MAX, 4096. */
    private static final int MAX_PATH_BYTES = 2048;

    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*");

    private FileNames() {}

    /**
     * Checks all names of a model, each alone and against each other.
     *
     * @throws StoreException {@link StoreProblem#UNSUPPORTED}, naming the first that is refused and why
     */
    public static void check(String source, Collection<String> paths) throws StoreException {
        if (paths.size() > Listing.MAX_FILES) {
            throw refused(source, paths.size() + " files", "more than " + Listing.MAX_FILES + " are no model");
        }
        Map<String, String> folded = new HashMap<>();
        for (String path : paths) {
            String fault = fault(path);
            if (!fault.isEmpty()) {
                throw refused(source, "\"" + printable(path) + "\"", fault);
            }
            String other = folded.putIfAbsent(fold(path), path);
            if (other != null) {
                throw refused(source, "\"" + path + "\"",
                        "it differs from \"" + other + "\" only by case or Unicode form");
            }
        }
        for (String path : paths) {
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                String other = folded.get(fold(path.substring(0, slash)));
                if (other != null) {
                    throw refused(source, "\"" + other + "\"", "it is a file and also the folder of \"" + path + "\"");
                }
            }
        }
    }

    private static StoreException refused(String source, String what, String why) {
        return new StoreException(StoreProblem.UNSUPPORTED,
                source + ": refused " + what + ": " + why + "; leave it out with exclude, or rename it in the store");
    }

    /** Why the name is refused; empty if it is not. */
    static String fault(String path) {
        if (path.isEmpty()) {
            return "the name is empty";
        }
        if (path.startsWith("/") || DRIVE.matcher(path).matches() || path.indexOf('\\') >= 0) {
            return "an absolute name or one with a backslash";
        }
        if (path.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            return "a control character in the name";
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
            return "longer than " + MAX_PATH_BYTES + " bytes";
        }
        for (String component : List.of(path.split("/", -1))) {
            if (component.isEmpty()) {
                return "an empty component";
            }
            if (component.equals(".") || component.equals("..")) {
                return "it climbs (\"" + component + "\")";
            }
            if (component.getBytes(StandardCharsets.UTF_8).length > MAX_COMPONENT_BYTES) {
                return "a component longer than " + MAX_COMPONENT_BYTES + " bytes";
            }
        }
        return path.startsWith(".lastcall/") || path.equals(".lastcall") ? "the name is taken by the cache itself" : "";
    }

    private static String fold(String path) {
        return Normalizer.normalize(path, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }

    private static String printable(String path) {
        String cut = path.length() > 200 ? path.substring(0, 200) + "…" : path;
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}
