// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.folder;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.DiskFaults;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.ModelFault;
import dev.lastcall.warmup.failure.Silence;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.store.FileNames;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.listing.OfferedSums;
import dev.lastcall.warmup.store.listing.Sha256Sums;
import dev.lastcall.warmup.text.Amount;
import org.jspecify.annotations.Nullable;

/**
 * A folder, usually a network mount. Symbolic links are followed within it, as such folders are full of them; hidden files
 * and folders are left out. Size and time of modification name the version; while it is read, the time of change (which no
 * tool can set) also shows whether a file was replaced. A {@code SHA256SUMS} file at the top, if there is one, gives the
 * digests.
 */
public final class FolderStore implements Store {

    private final Path folder;
    private final Map<Path, FileStamp> seen = new ConcurrentHashMap<>();

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
    public Optional<Path> localFolder() {
        return Optional.of(folder);
    }

    @Override
    public Listing list(Selection selection) throws StoreException, InterruptedException {
        OfferedSums sums = sums();
        List<RemoteFile> files = new ArrayList<>();
        try {
            for (FolderFiles.Found found : FolderFiles.in(folder).find(selection)) {
                files.add(look(found.location(), found.name(), sums));
            }
        } catch (IOException e) {
            throw unlisted(e);
        } catch (DirectoryIteratorException e) {
            throw unlisted(Objects.requireNonNull(e.getCause()));
        }
        FileNames.Sorted names = FileNames.sort(family(), source(), files.stream().map(RemoteFile::path).toList());
        files.removeIf(file -> !names.usable().contains(file.path()));
        return new Listing(source(), "", files, names.leftOut()).withNotes(sums.note().stream().toList());
    }

    private StoreException unlisted(IOException e) {
        return notRead("list", folder.toString(), e, StoreProblem.UNREACHABLE);
    }

    /** The names come from the folder itself: a list of digests that cannot be used costs the digests. */
    private OfferedSums sums() {
        Path file = folder.resolve(Sha256Sums.NAME);
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return OfferedSums.NONE;
            }
            if (Files.size(file) > Sha256Sums.MAX_BYTES) {
                return OfferedSums.without(bad(file, AnswerFault.TOO_MANY_SUMS));
            }
            return OfferedSums.read(
                    Sha256Sums.parse(StoreFamily.FOLDER, file.toString(), Files.readString(file)));
        } catch (CharacterCodingException e) {
            return OfferedSums.without(bad(file, AnswerFault.SUMS_NO_TEXT));
        } catch (IOException e) {
            return OfferedSums.without(notRead("read", file.toString(), e, StoreProblem.UNSUPPORTED));
        } catch (StoreException e) {
            return OfferedSums.without(e);
        }
    }

    private RemoteFile look(Path path, String name, OfferedSums sums)
            throws IOException, InterruptedException {
        FileStamp now = FileStamp.settled(path);
        FileStamp stamp = seen.merge(path, now, FileStamp::after);
        return new RemoteFile(name, stamp.sizeBytes(), stamp.validator(), sums.of(name).stream().toList(), true,
                path.toString());
    }

    @Override
    public RemoteFile refresh(RemoteFile file) throws StoreException, InterruptedException {
        try {
            return look(Path.of(file.location()), file.path(), sums());
        } catch (IOException e) {
            throw notRead("look at", file.location(), e, StoreProblem.MISSING);
        }
    }

    @Override
    public StoreFamily family() {
        return StoreFamily.FOLDER;
    }

    private static StoreException notRead(String doing, String path, IOException e, StoreProblem problem) {
        return new StoreException(new Failure.NotRead(doing, DiskFaults.onDisk(e, path), problem), e);
    }

    private static StoreException gone(String path, IOException e) {
        return new StoreException(new Failure.BadModel(StoreFamily.FOLDER, path, ModelFault.GONE), e);
    }

    private static StoreException bad(Path sums, AnswerFault fault) {
        return new StoreException(new Failure.BadAnswer(StoreFamily.FOLDER, sums.toString(), fault));
    }

    @Override
    public RangeReader openReader() {
        return new Reader();
    }

    @Override
    public void close() {}

    /** Positional reads, with the version checked before the first and after the last. */
    private final class Reader implements RangeReader {
        private @Nullable RemoteFile file;
        private @Nullable FileChannel channel;
        private long position;
        private long end;
        private volatile boolean aborted;

        @Override
        public void open(RemoteFile opened, long offset, long length) throws StoreException {
            aborted = false;
            try {
                if (channel == null || file == null || !file.equals(opened)) {
                    close();
                    channel = FolderFiles.in(folder).open(Path.of(opened.location()));
                }
            } catch (NoSuchFileException e) {
                throw gone(opened.location(), e);
            } catch (IOException e) {
                throw notRead("open", opened.location(), e, StoreProblem.UNREACHABLE);
            }
            file = opened;
            position = offset;
            end = offset + length;
            checkVersion(opened);
        }

        private void checkVersion(RemoteFile expected) throws StoreException {
            Path path = Path.of(expected.location());
            try {
                FileStamp now = FileStamp.of(path);
                // What another listed is known by its lasting name only.
                FileStamp listed = seen.computeIfAbsent(path, first -> now);
                if (expected.sizeBytes() != now.sizeBytes() || !listed.validator().equals(expected.validator())
                        || !listed.isSameAs(now)) {
                    close();
                    throw new StoreException(new Failure.BadModel(StoreFamily.FOLDER, expected.location(),
                            ModelFault.CHANGED_WHILE_READ));
                }
            } catch (NoSuchFileException e) {
                throw gone(expected.location(), e);
            } catch (IOException e) {
                throw notRead("look at", expected.location(), e, StoreProblem.UNREACHABLE);
            }
        }

        @Override
        public int read(ByteBuffer destination) throws StoreException {
            FileChannel from = channel;
            RemoteFile current = file;
            if (aborted || from == null || current == null) {
                throw new StoreException(new Failure.NoAnswer(source(), Silence.STALLED, "", StoreProblem.STALLED));
            }
            int limit = destination.limit();
            if (destination.remaining() > end - position) {
                destination.limit(destination.position() + (int) (end - position));
            }
            try {
                int count = from.read(destination, position);
                if (count < 0) {
                    throw new StoreException(new Failure.BadModel(StoreFamily.FOLDER, current.location(),
                            ModelFault.SHORTER_THAN_LISTED, Amount.of(position)));
                }
                position += count;
                if (position == end) {
                    checkVersion(current);
                }
                return count;
            } catch (IOException e) {
                throw notRead("read", current.location(), e, StoreProblem.UNREACHABLE);
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
