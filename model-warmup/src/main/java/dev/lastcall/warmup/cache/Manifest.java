// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.lastcall.warmup.fetch.BootId;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.verify.Digest;

/**
 * What belongs to one version of a model. It is written before the first file is published: a file that lies in the model's
 * folder is then of the version written here. It is written again, complete, when all are.
 *
 * @param format of this record
 * @param source the store's address
 * @param revision the store's name for the version; may be empty
 * @param asked what was asked of the store
 * @param isComplete whether the model is warm
 * @param isSynced whether published files were on flash before they got their names
 * @param bootId under which the files were written
 * @param files by name
 */
public record Manifest(int format, String source, String revision, Asked asked, boolean isComplete, boolean isSynced,
        String bootId, List<Entry> files) {

    static final int FORMAT = 1;

    /** Of a model of which nothing is on record. */
    static final Manifest EMPTY = new Manifest(FORMAT, "", "", Asked.UNKNOWN, false, false, "", List.of());

    /** Copies. Earlier records lack what was asked. */
    public Manifest {
        asked = Objects.requireNonNullElse(asked, Asked.UNKNOWN);
        files = List.copyOf(files);
    }

    /**
     * One file.
     *
     * @param path below the model
     * @param sizeBytes exact
     * @param validator as text
     * @param digests as text, best first
     */
    public record Entry(String path, long sizeBytes, String validator, List<String> digests) {
        /** Copies. */
        public Entry {
            digests = List.copyOf(digests);
        }

        /** Of a file whose bytes are not what was recorded; equal to no listed one. */
        private static final String DAMAGED = "damaged";

        /** Of a file whose place a file of the next version takes; equal to no listed one. */
        private static final String REPLACED = "replaced";

        private Entry marked(String mark) {
            return new Entry(path, sizeBytes, mark, List.of());
        }

        boolean isDamaged() {
            return validator.equals(DAMAGED);
        }

        static Entry of(RemoteFile file) {
            return new Entry(file.path(), file.sizeBytes(), file.validator().text(),
                    file.digests().stream().map(Digest::toString).toList());
        }

        /** The digests as values, best first. */
        public List<Digest> parsedDigests() {
            return digests.stream().map(Digest::parse).toList();
        }
    }

    static Manifest planned(Listing listing, Asked asked, boolean isSynced, String bootId) {
        return new Manifest(FORMAT, listing.source(), listing.revision(), asked, false, isSynced, bootId,
                listing.files().stream().map(Entry::of).toList());
    }

    Manifest completed() {
        return new Manifest(format, source, revision, asked, true, isSynced, bootId, files);
    }

    /** The same, not warm any more: these files are not what they were. */
    Manifest damaged(Collection<String> paths) {
        return marked(paths, Entry.DAMAGED);
    }

    /** The same, not warm any more: these files are about to be another version's. */
    Manifest replacing(Collection<String> paths) {
        return marked(paths, Entry.REPLACED);
    }

    private Manifest marked(Collection<String> names, String mark) {
        Set<String> paths = Set.copyOf(names);
        return new Manifest(format, source, revision, asked, false, isSynced, bootId,
                files.stream()
                        .map(entry -> paths.contains(entry.path()) && !entry.isDamaged() ? entry.marked(mark) : entry)
                        .toList());
    }

    /** Whether its files can be relied upon without a look at their bytes: they outlived every reboot since. */
    boolean isTrusted() {
        return isSynced || bootId.equals(BootId.current());
    }

    Map<String, Entry> byPath() {
        Map<String, Entry> entries = new HashMap<>();
        files.forEach(entry -> entries.put(entry.path(), entry));
        return entries;
    }

    /** Bytes of all files. */
    public long totalBytes() {
        return files.stream().mapToLong(Entry::sizeBytes).sum();
    }
}
