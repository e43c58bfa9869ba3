// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;

import org.awaitility.Awaitility;

/** Listens to a service as systemd does, and keeps the descriptors that come with its words. */
public final class FakeSystemd implements AutoCloseable {

    /** What came in one datagram. */
    public record Word(String text, OptionalInt descriptor) {}

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MethodHandle SOCKET = handle("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle BIND = handle("bind", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, INT));
    private static final MethodHandle RECVMSG = handle("recvmsg",
            FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, INT));
    private static final MethodHandle SHUTDOWN = handle("shutdown", FunctionDescriptor.of(INT, INT, INT));
    private static final int TEXT_BYTES = 4096;

    private final List<Word> words = new CopyOnWriteArrayList<>();
    private final String address;
    private final int socket;

    private FakeSystemd(String address) throws Throwable {
        this.address = address;
        byte[] name = address.replace('@', '\0').getBytes(StandardCharsets.UTF_8);
        socket = (int) SOCKET.invokeExact(1, 2, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(2 + name.length + (name[0] == 0 ? 0 : 1), 2);
            to.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
            MemorySegment.copy(name, 0, to, ValueLayout.JAVA_BYTE, 2, name.length);
            if (socket < 0 || (int) BIND.invokeExact(socket, to, (int) to.byteSize()) != 0) {
                throw new IllegalStateException("cannot listen on " + address);
            }
        }
        Thread.ofPlatform().daemon().name("fake-systemd").start(this::listen);
    }

    /** Listens on a path, or on {@code @} and an abstract name. */
    public static FakeSystemd on(String address) {
        try {
            return new FakeSystemd(address);
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name, FunctionDescriptor function) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), function);
    }

    private void listen() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(TEXT_BYTES);
            MemorySegment part = arena.allocate(16, 8);
            part.set(ValueLayout.ADDRESS, 0, text);
            part.set(LONG, 8, TEXT_BYTES);
            MemorySegment control = arena.allocate(24, 8);
            MemorySegment header = arena.allocate(56, 8);
            while (true) {
                header.set(ValueLayout.ADDRESS, 16, part);
                header.set(LONG, 24, 1);
                header.set(ValueLayout.ADDRESS, 32, control);
                header.set(LONG, 40, 24);
                long length = (long) RECVMSG.invokeExact(socket, header, 0);
                if (length <= 0) {
                    return;
                }
                boolean rights = header.get(LONG, 40) >= 20;
                words.add(new Word(
                        new String(text.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8),
                        rights ? OptionalInt.of(control.get(INT, 16)) : OptionalInt.empty()));
            }
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** The notifications that it has got so far. */
    public List<Word> words() {
        return words;
    }

    /** Waits for a word that begins so. */
    public Word await(String beginning) {
        Awaitility.await().until(() -> words.stream().anyMatch(word -> word.text().startsWith(beginning)));
        return words.stream().filter(word -> word.text().startsWith(beginning)).findFirst().orElseThrow();
    }

    /** What a service sees that this starts. */
    public ServiceManager manager() {
        return ServiceManager.of(Map.of("NOTIFY_SOCKET", address));
    }

    /** What a service sees that this starts with a socket that it kept. */
    public ServiceManager manager(String name, int kept) {
        return ServiceManager.of(Map.of("NOTIFY_SOCKET", address, "LISTEN_PID",
                Long.toString(ProcessHandle.current().pid()), "LISTEN_FDS", "1", "LISTEN_FDNAMES", name), kept);
    }

    /** The value of NOTIFY_SOCKET for its services. */
    public String address() {
        return address;
    }

    @Override
    public void close() {
        try {
            var _ = (int) SHUTDOWN.invokeExact(socket, 2);
            Libc.close(socket);
        } catch (Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }
}
