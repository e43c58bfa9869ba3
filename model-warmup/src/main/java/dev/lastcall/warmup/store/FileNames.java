// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.ModelFault;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;

/**
 * Which names a store may give to files. A name that climbs out of the model, or that no file system can hold, is left out
 * before a byte of the model is written.
 */
public final class FileNames {

    /** NAME_MAX of ext4 and XFS. */
    private static final int MAX_COMPONENT_BYTES = 255;

    /** Room for the cache's own prefix below PATH_MAX, 4096. */
    private static final int MAX_PATH_BYTES = 2048;

    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*");

    private FileNames() {}

    /**
     * The names of a model that can be files, and the others.
     *
     * @param usable in the order in which they were listed, each once
     * @param leftOut a sentence for each name that cannot be a file
     */
    public record Sorted(Set<String> usable, List<String> leftOut) {}

    /**
     * Looks at all names of a model, each alone and against each other. One that cannot be a file does not cost the others.
     *
     * @throws StoreException {@link StoreProblem#UNSUPPORTED} if there are too many, or if none can be a file
     */
    public static Sorted sort(StoreFamily family, String source, Collection<String> paths) throws StoreException {
        if (paths.size() > Listing.MAX_FILES) {
            throw new StoreException(new Failure.BadModel(family, source, ModelFault.TOO_MANY,
                    Listing.MAX_FILES + " files"));
        }
        Set<String> usable = new LinkedHashSet<>();
        List<String> leftOut = new ArrayList<>();
        for (String path : paths) {
            String fault = fault(path);
            if (fault.isEmpty()) {
                usable.add(path);
            } else {
                leftOut.add("left out \"" + printable(path) + "\": " + fault);
            }
        }
        for (String path : List.copyOf(usable)) {
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                String other = path.substring(0, slash);
                if (usable.remove(other)) {
                    leftOut.add("left out \"" + other + "\": it is a file and also the folder of \"" + path + "\"");
                }
            }
        }
        if (usable.isEmpty() && !leftOut.isEmpty()) {
            throw new StoreException(
                    new Failure.BadModel(family, source, ModelFault.NO_USABLE_NAME, leftOut.getFirst()));
        }
        return new Sorted(usable, List.copyOf(leftOut));
    }

    /** All folders that the names imply. */
    public static Set<String> folders(Collection<String> paths) {
        Set<String> folders = new HashSet<>();
        for (String path : paths) {
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                folders.add(path.substring(0, slash));
            }
        }
        return folders;
    }

    /** Names that only a disk distinguishes on which case and Unicode form matter; empty if there are none. */
    public static Optional<String> alike(Collection<String> paths) {
        Map<String, String> folded = new HashMap<>();
        for (String path : paths) {
            String other = folded.putIfAbsent(fold(path), path);
            if (other != null && !other.equals(path)) {
                return Optional.of("\"" + path + "\" and \"" + other + "\"");
            }
        }
        return Optional.empty();
    }

    /** Why the name is refused; empty if it is not. */
    public static String fault(String path) {
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
