// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Advice on a file that Linux takes and Java has no call for: reserve its blocks, begin to write back, drop from the page cache,
 * read into it. All of it is advice. Nothing depends on it: where it is not to be had, or refused, nothing happens, and what
 * must be on the disk is forced there by other means. Thread-safe but for {@link #close()}.
 */
final class FileAdvice implements AutoCloseable {

    /** fcntl.h; the same on all of Linux's 64-bit platforms. */
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 02000000;
    private static final int SYNC_FILE_RANGE_WRITE = 2;
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int POSIX_FADV_WILLNEED = 3;
    private static final int POSIX_FADV_DONTNEED = 4;

    private static final Optional<Calls> CALLS = Calls.find();

    private static final int NOT_OPENED = -2;
    private static final int NONE = -1;

    private final Path path;
    private int descriptor = NOT_OPENED; // guarded by this

    private FileAdvice(Path path) {
        this.path = path;
    }

    /** The functions of the C library. */
    private record Calls(MethodHandle open, MethodHandle close, MethodHandle fallocate, MethodHandle syncFileRange,
            MethodHandle fadvise) {

        @SuppressWarnings("restricted") // guarded: where native access is denied, there is no advice
        static Optional<Calls> find() {
            if (!System.getProperty("os.name", "").equals("Linux")) {
                return Optional.empty();
            }
            try {
                Linker linker = Linker.nativeLinker();
                SymbolLookup library = linker.defaultLookup();
                ValueLayout.OfInt number = ValueLayout.JAVA_INT;
                ValueLayout.OfLong size = ValueLayout.JAVA_LONG;
                return Optional.of(new Calls(
                        linker.downcallHandle(library.findOrThrow("open"),
                                FunctionDescriptor.of(number, ValueLayout.ADDRESS, number),
                                Linker.Option.firstVariadicArg(2)),
                        linker.downcallHandle(library.findOrThrow("close"), FunctionDescriptor.of(number, number)),
                        linker.downcallHandle(library.findOrThrow("fallocate"),
                                FunctionDescriptor.of(number, number, number, size, size)),
                        linker.downcallHandle(library.findOrThrow("sync_file_range"),
                                FunctionDescriptor.of(number, number, size, size, number)),
                        linker.downcallHandle(library.findOrThrow("posix_fadvise"),
                                FunctionDescriptor.of(number, number, size, size, number))));
            } catch (IllegalCallerException | UnsupportedOperationException | java.util.NoSuchElementException
                    | ExceptionInInitializerError e) {
                return Optional.empty();
            }
        }
    }

    @FunctionalInterface
    private interface Call {
        int run(Calls calls) throws Throwable;
    }

    private static int call(Call call) {
        if (CALLS.isEmpty()) {
            return -1;
        }
        try {
            return call.run(CALLS.get());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a call of the C library declares no exception", e);
        }
    }

    /** On a file that is there. It is opened at the first advice: most files are too small for any. */
    static FileAdvice on(Path path) {
        return new FileAdvice(path);
    }

    /** The same, opened now: the advice goes on when the file has another name. */
    static FileAdvice opened(Path path) {
        FileAdvice advice = new FileAdvice(path);
        advice.descriptor();
        return advice;
    }

    private synchronized int descriptor() {
        if (descriptor == NOT_OPENED) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment name = arena.allocateFrom(path.toString());
                descriptor = call(calls -> (int) calls.open().invokeExact(name, O_RDWR | O_CLOEXEC));
            }
        }
        return descriptor;
    }

    /** One at a time, so that none reaches a descriptor that was closed and belongs to another file by now. */
    private synchronized void advise(Advice advice) {
        int open = descriptor();
        if (open >= 0) {
            call(calls -> advice.give(calls, open));
        }
    }

    @FunctionalInterface
    private interface Advice {
        int give(Calls calls, int descriptor) throws Throwable;
    }

    /** Reserves blocks without making the file any longer. */
    void reserve(long bytes) {
        if (bytes > 0) {
            advise((calls, open) -> (int) calls.fallocate().invokeExact(open, FALLOC_FL_KEEP_SIZE, 0L, bytes));
        }
    }

    /** Begins to write back all that is dirty, without waiting for it. */
    void startWriteBack() {
        advise((calls, open) -> (int) calls.syncFileRange().invokeExact(open, 0L, 0L, SYNC_FILE_RANGE_WRITE));
    }

    /** Drops what is clean of a range from the page cache. */
    void drop(long offset, long bytes) {
        advise(offset, bytes, POSIX_FADV_DONTNEED);
    }

    /** Begins to read a range into the page cache; of a large range only the beginning. */
    void readAhead(long offset, long bytes) {
        advise(offset, bytes, POSIX_FADV_WILLNEED);
    }

    private void advise(long offset, long bytes, int advice) {
        if (bytes > 0) {
            advise((calls, open) -> (int) calls.fadvise().invokeExact(open, offset, bytes, advice));
        }
    }

    @Override
    public synchronized void close() {
        int open = descriptor;
        descriptor = NONE;
        if (open >= 0) {
            call(calls -> (int) calls.close().invokeExact(open));
        }
    }
}
