// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few calls of the C library that the JDK has no words for: datagrams on Unix sockets, and descriptors sent with
 * them. 64-bit Linux. Loaded when first needed; thread-safe.
 */
final class Libc {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = handle("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle SETSOCKOPT = handle("setsockopt",
            FunctionDescriptor.of(INT, INT, INT, INT, POINTER, INT));
    private static final MethodHandle SENDMSG = handle("sendmsg", FunctionDescriptor.of(SIZE, INT, POINTER, INT));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));

    private Libc() {}

    /** A call failed; the message has the number of its error. */
    static final class CallFailure extends Exception {

        private static final long serialVersionUID = 1L;

        CallFailure(String call, int errno) {
            super(call + " failed with errno " + errno);
        }
    }

    @SuppressWarnings("restricted") // the program is started with --enable-native-access
    private static MethodHandle handle(String name, FunctionDescriptor function) {
        MemorySegment symbol = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no " + name));
        return LINKER.downcallHandle(symbol, function, Linker.Option.captureCallState("errno"));
    }

    static int socket(int domain, int type) throws CallFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            return checked("socket", (int) SOCKET.invokeExact(state, domain, type, 0), state);
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    static void setSocketOption(int socket, int level, int option, MemorySegment value) throws CallFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked("setsockopt",
                    (int) SETSOCKOPT.invokeExact(state, socket, level, option, value, (int) value.byteSize()), state);
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    static void sendMessage(int socket, MemorySegment header, int flags) throws CallFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked("sendmsg", (int) (long) SENDMSG.invokeExact(state, socket, header, flags), state);
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    static void close(int descriptor) throws CallFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            checked("close", (int) CLOSE.invokeExact(state, descriptor), state);
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    private static int checked(String call, int result, MemorySegment state) throws CallFailure {
        if (result < 0) {
            throw new CallFailure(call, (int) ERRNO.get(state, 0L));
        }
        return result;
    }

    /** A handle may throw anything as far as the compiler knows; but for a call that failed, it does not. */
    private static CallFailure unexpected(Throwable failure) {
        return switch (failure) {
            case CallFailure known -> known;
            case Error error -> throw error;
            case RuntimeException fault -> throw fault;
            default -> throw new IllegalStateException(failure);
        };
    }
}
