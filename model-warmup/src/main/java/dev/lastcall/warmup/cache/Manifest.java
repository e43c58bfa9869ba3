// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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

    /** The same, not warm any more. */
    Manifest damaged() {
        return new Manifest(format, source, revision, asked, false, isSynced, bootId, files);
    }

    /** Whether its files can be relied upon without a look at their bytes: they outlived every reboot since. */
    boolean isTrusted() {
        return isSynced || bootId.equals(BootId.current());
    }

    /** With another version of one file. */
    Manifest with(Entry entry) {
        return new Manifest(format, source, revision, asked, isComplete, isSynced, bootId,
                files.stream().map(old -> old.path().equals(entry.path()) ? entry : old).toList());
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
