// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Asks the kernel whether any process at all has a file open or mapped, in whatever container and of whatever user: it
 * grants a write lease ({@code fcntl(2)}, F_SETLEASE) only on a file that no other process has open. Unlike {@code /proc}, no
 * permission hides anything from this. The lease is given back at once.
 */
final class FileLeases {

    /** fcntl.h; the same on all of Linux's 64-bit platforms. */
    private static final int O_NONBLOCK = 04000;
    private static final int O_NOFOLLOW = System.getProperty("os.arch", "").equals("aarch64") ? 0100000 : 0400000;
    private static final int O_CLOEXEC = 02000000;
    private static final int F_SETSIG = 10;
    private static final int F_SETLEASE = 1024;
    private static final int F_WRLCK = 1;
    private static final int F_UNLCK = 2;

    /** Ignored by default, where the lease's own SIGIO would end this process if the file is opened in between. */
    private static final int SIGURG = 23;

    private static final int EAGAIN = 11;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private static final Optional<Calls> CALLS = Calls.find();

    /** What the kernel says. */
    enum Answer {
        /** No other process has it open or mapped. */
        FREE,
        /** Some process has. */
        IN_USE,
        /** The file system, or the owner of the file, does not allow the question. */
        UNKNOWN
    }

    private FileLeases() {}

    /** The functions of the C library. */
    private record Calls(MethodHandle open, MethodHandle fcntl, MethodHandle close) {

        @SuppressWarnings("restricted") // guarded: where native access is denied, nothing is known
        static Optional<Calls> find() {
            if (!System.getProperty("os.name", "").equals("Linux")) {
                return Optional.empty();
            }
            try {
                Linker linker = Linker.nativeLinker();
                SymbolLookup library = linker.defaultLookup();
                ValueLayout.OfInt number = ValueLayout.JAVA_INT;
                return Optional.of(new Calls(
                        linker.downcallHandle(library.findOrThrow("open"),
                                FunctionDescriptor.of(number, ValueLayout.ADDRESS, number),
                                Linker.Option.firstVariadicArg(2)),
                        linker.downcallHandle(library.findOrThrow("fcntl"),
                                FunctionDescriptor.of(number, number, number, number),
                                Linker.Option.firstVariadicArg(2), Linker.Option.captureCallState("errno")),
                        linker.downcallHandle(library.findOrThrow("close"), FunctionDescriptor.of(number, number))));
            } catch (IllegalCallerException | UnsupportedOperationException | NoSuchElementException
                    | ExceptionInInitializerError e) {
                return Optional.empty();
            }
        }
    }

    /** Of one regular file; a link is not followed. */
    static Answer ask(Path file) {
        if (CALLS.isEmpty()) {
            return Answer.UNKNOWN;
        }
        try (Arena arena = Arena.ofConfined()) {
            return ask(CALLS.get(), arena, file);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a call of the C library declares no exception", e);
        }
    }

    private static Answer ask(Calls calls, Arena arena, Path file) throws Throwable {
        MemorySegment name = arena.allocateFrom(file.toString());
        MemorySegment state = arena.allocate(STATE);
        int descriptor = (int) calls.open().invokeExact(name, O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
        if (descriptor < 0) {
            return Answer.UNKNOWN;
        }
        try {
            if ((int) calls.fcntl().invokeExact(state, descriptor, F_SETSIG, SIGURG) < 0) {
                return Answer.UNKNOWN;
            }
            if ((int) calls.fcntl().invokeExact(state, descriptor, F_SETLEASE, F_WRLCK) >= 0) {
                int _ = (int) calls.fcntl().invokeExact(state, descriptor, F_SETLEASE, F_UNLCK);
                return Answer.FREE;
            }
            return state.get(ValueLayout.JAVA_INT, ERRNO) == EAGAIN ? Answer.IN_USE : Answer.UNKNOWN;
        } finally {
            int _ = (int) calls.close().invokeExact(descriptor);
        }
    }
}
