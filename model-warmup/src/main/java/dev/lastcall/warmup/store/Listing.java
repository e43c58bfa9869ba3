// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.List;
import java.util.stream.Stream;

/**
 * A model as a store listed it at one moment; immutable.
 *
 * @param source the address it was listed from, without secrets
 * @param revision a version that names all files at once, such as a commit; empty where the store has none
 * @param files checked names, in the order in which a loader reads them
 * @param notes what a person should know: a name that was left out, an offer that the store did not keep
 */
public record Listing(String source, String revision, List<RemoteFile> files, List<String> notes) {

    /** Weights come in hundreds of files; more than this is a wrong address. */
    public static final int MAX_FILES = 100_000;

    /** Puts the files into reading order. */
    public Listing {
        files = files.stream().sorted(ReadingOrder.BY_PATH).toList();
        notes = List.copyOf(notes);
    }

    /** Of which there is nothing to say. */
    public Listing(String source, String revision, List<RemoteFile> files) {
        this(source, revision, files, List.of());
    }

    /** The same with more to say. */
    public Listing withNotes(List<String> more) {
        return new Listing(source, revision, files, Stream.concat(notes.stream(), more.stream()).toList());
    }

    /** Bytes of all files. */
    public long totalBytes() {
        return files.stream().mapToLong(RemoteFile::sizeBytes).reduce(0, Math::addExact);
    }
}
