// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.listing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;

import dev.lastcall.warmup.store.FileNames;
import dev.lastcall.warmup.store.Selection;

/** What the stores of buckets do alike with the objects that a listing names. */
public final class BucketListing {

    private BucketListing() {}

    /**
     * The objects that are wanted, by their path below {@code folder}, in the order of the listing. An empty object that has the
     * name of a folder of others is a placeholder of that folder, and is passed over.
     *
     * @param folder the prefix that every object's name begins with
     */
    public static <T> Map<String, T> wanted(List<T> objects, Function<T, String> name, ToLongFunction<T> sizeBytes,
            String folder, Selection selection) {
        Map<String, T> wanted = new LinkedHashMap<>();
        for (T object : objects) {
            String path = name.apply(object).substring(folder.length());
            if (selection.wants(path)) {
                wanted.put(path, object);
            }
        }
        Set<String> folders = FileNames.folders(wanted.keySet());
        wanted.entrySet()
                .removeIf(entry -> sizeBytes.applyAsLong(entry.getValue()) == 0 && folders.contains(entry.getKey()));
        return wanted;
    }
}
