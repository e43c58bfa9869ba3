// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import dev.lastcall.warmup.verify.Digest;
import org.jspecify.annotations.Nullable;

/**
 * A folder, usually a network mount. Symbolic links to files are followed, as such folders are full of them; hidden
 * files and folders are left out. Size and time of modification pin the version; a {@code SHA256SUMS} file at the top, if
 * there is one, gives the digests.
 */
public final class FolderStore implements Store {

    private final Path folder;

    /** Of the files below the folder. */
    public FolderStore(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    @Override
    public String source() {
        return folder.toString();
    }

    @Override
    public String identity() {
        return source();
    }

    @Override
    public Listing list(Selection selection) throws StoreException {
        Map<String, Digest> sums = sums();
        List<RemoteFile> files = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            for (Path path : (Iterable<Path>) walk.limit(10L * Listing.MAX_FILES)::iterator) {
                String name = folder.relativize(path).toString();
                boolean hidden = name.startsWith(".") || name.contains("/.");
                if (!hidden && selection.wants(name) && Files.isRegularFile(path)) {
                    files.add(look(path, name, sums));
                }
            }
        } catch (IOException e) {
            throw unlisted(e);
        } catch (UncheckedIOException e) {
            throw unlisted(Objects.requireNonNullElseGet(e.getCause(), () -> new IOException(e)));
        }
        FileNames.check(source(), files.stream().map(RemoteFile::path).toList());
        return new Listing(source(), "", files);
    }

    private StoreException unlisted(IOException e) {
        return new StoreException(StoreProblem.UNREACHABLE,
                "list " + folder + ": " + FileProblem.said(e) + "; is it mounted and readable?", e);
    }

    private Map<String, Digest> sums() throws StoreException {
        Path file = folder.resolve(Sha256Sums.NAME);
        try {
            if (!Files.isRegularFile(file)) {
                return Map.of();
            }
            if (Files.size(file) > Sha256Sums.MAX_BYTES) {
                throw new StoreException(StoreProblem.UNSUPPORTED, file + ": larger than any list of digests");
            }
            return Sha256Sums.parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new StoreException(StoreProblem.UNREACHABLE, "read " + file + ": " + FileProblem.said(e), e);
        }
    }

    private static RemoteFile look(Path path, String name, Map<String, Digest> sums) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        Digest digest = sums.get(name);
        return new RemoteFile(name, attributes.size(), validator(attributes),
                digest == null ? List.of() : List.of(digest),
                true, path.toString());
    }

    private static Validator validator(BasicFileAttributes attributes) {
        return new Validator.Modified(attributes.lastModifiedTime().toInstant().toString());
    }

    @Override
    public RemoteFile refresh(RemoteFile file) throws StoreException {
        try {
            return look(Path.of(file.location()), file.path(), sums());
        } catch (IOException e) {
            throw new StoreException(StoreProblem.MISSING, "look at " + file.location() + ": " + e, e);
        }
    }

    @Override
    public RangeReader openReader() {
        return new Reader();
    }

    @Override
    public void close() {}

    /** Positional reads, with the version checked before the first and after the last. */
    private static final class Reader implements RangeReader {
        private @Nullable RemoteFile file;
        private @Nullable FileChannel channel;
        private long position;
        private long end;
        private volatile boolean aborted;

        @Override
        public void open(RemoteFile opened, long offset, long length) throws StoreException {
            aborted = false;
            try {
                if (channel == null || file == null || !file.location().equals(opened.location())) {
                    close();
                    channel = FileChannel.open(Path.of(opened.location()), StandardOpenOption.READ);
                }
            } catch (NoSuchFileException e) {
                throw new StoreException(StoreProblem.MISSING, "open " + opened.location() + ": it is gone", e);
            } catch (IOException e) {
                throw new StoreException(StoreProblem.UNREACHABLE, "open " + opened.location() + ": " + e, e);
            }
            file = opened;
            position = offset;
            end = offset + length;
            checkVersion(opened);
        }

        private static void checkVersion(RemoteFile expected) throws StoreException {
            try {
                BasicFileAttributes attributes = Files.readAttributes(Path.of(expected.location()),
                        BasicFileAttributes.class);
                if (attributes.size() != expected.sizeBytes() || !validator(attributes).equals(expected.validator())) {
                    throw new StoreException(StoreProblem.CHANGED,
                            expected.location() + " was changed while it was read");
                }
            } catch (IOException e) {
                throw new StoreException(StoreProblem.UNREACHABLE, "look at " + expected.location() + ": " + e, e);
            }
        }

        @Override
        public int read(ByteBuffer destination) throws StoreException {
            FileChannel from = channel;
            RemoteFile current = file;
            if (aborted || from == null || current == null) {
                throw new StoreException(StoreProblem.STALLED, "the read was given up");
            }
            int limit = destination.limit();
            if (destination.remaining() > end - position) {
                destination.limit(destination.position() + (int) (end - position));
            }
            try {
                int count = from.read(destination, position);
                if (count < 0) {
                    throw new StoreException(StoreProblem.SHORT, current.location() + " ends at " + position);
                }
                position += count;
                if (position == end) {
                    checkVersion(current);
                }
                return count;
            } catch (IOException e) {
                throw new StoreException(StoreProblem.UNREACHABLE, "read " + current.location() + ": " + e, e);
            } finally {
                destination.limit(limit);
            }
        }

        @Override
        public void finish() {
            end = position;
        }

        @Override
        public void abort() {
            aborted = true;
        }

        @Override
        @SuppressWarnings("EmptyCatch") // a channel that was only read from has nothing left to lose
        public void close() {
            FileChannel closing = channel;
            channel = null;
            try {
                if (closing != null) {
                    closing.close();
                }
            } catch (IOException ignored) {}
        }
    }
}
