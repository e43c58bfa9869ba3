// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * The datagram socket on which systemd listens to its service (sd_notify(3)), by its path or its abstract name. Thread-safe;
 * a message waits for {@link #SEND_BOUND} at most.
 */
final class NotifySocket {

    /** Longest wait for room in systemd's queue. */
    static final Duration SEND_BOUND = Duration.ofSeconds(1);

    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDTIMEO = 21;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;

    /** Of struct sockaddr_un: the family, and room for a name. */
    private static final int FAMILY_BYTES = 2;
    private static final int MAX_NAME_BYTES = 107;

    /** Of struct msghdr: where its fields are, and how long it is. */
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int PARTS = 16;
    private static final int PARTS_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int HEADER_BYTES = 56;

    /** Of struct cmsghdr with one descriptor: its length, and that with the padding. */
    private static final long RIGHTS_LENGTH = 20;
    private static final long RIGHTS_BYTES = 24;

    private final byte[] name;
    private final int socket;

    private NotifySocket(byte[] name, int socket) {
        this.name = name;
        this.socket = socket;
    }

    /**
     * The socket at an address as NOTIFY_SOCKET gives it.
     *
     * @param address a path, or {@code @} and an abstract name
     * @throws IllegalArgumentException if it is neither
     */
    static NotifySocket open(String address) throws Libc.CallFailure {
        byte[] name = address.getBytes(StandardCharsets.UTF_8);
        if (!(address.startsWith("/") || address.startsWith("@")) || name.length > MAX_NAME_BYTES) {
            throw new IllegalArgumentException("NOTIFY_SOCKET=" + address + " is neither a path nor an abstract name");
        }
        int socket = Libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC);
        try (Arena arena = Arena.ofConfined()) {
            Libc.setSocketOption(socket, SOL_SOCKET, SO_SNDTIMEO,
                    arena.allocateFrom(ValueLayout.JAVA_LONG, SEND_BOUND.toSeconds(), 0));
        }
        return new NotifySocket(name, socket);
    }

    /** Sends assignments, one a line, with a descriptor where there is one. */
    void send(String assignments, OptionalInt descriptor) throws Libc.CallFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(ValueLayout.JAVA_BYTE,
                    assignments.getBytes(StandardCharsets.UTF_8));
            MemorySegment part = arena.allocate(ValueLayout.ADDRESS.byteSize() * 2);
            part.set(ValueLayout.ADDRESS, 0, text);
            part.set(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS.byteSize(), text.byteSize());
            MemorySegment to = address(arena);
            MemorySegment header = arena.allocate(HEADER_BYTES, ValueLayout.JAVA_LONG.byteAlignment());
            header.set(ValueLayout.ADDRESS, NAME, to);
            header.set(ValueLayout.JAVA_INT, NAME_LENGTH, (int) to.byteSize());
            header.set(ValueLayout.ADDRESS, PARTS, part);
            header.set(ValueLayout.JAVA_LONG, PARTS_COUNT, 1);
            if (descriptor.isPresent()) {
                header.set(ValueLayout.ADDRESS, CONTROL, rights(arena, descriptor.getAsInt()));
                header.set(ValueLayout.JAVA_LONG, CONTROL_LENGTH, RIGHTS_BYTES);
            }
            Libc.sendMessage(socket, header, MSG_NOSIGNAL);
        }
    }

    private MemorySegment address(Arena arena) {
        boolean isAbstract = name[0] == '@';
        MemorySegment address = arena.allocate(FAMILY_BYTES + name.length + (isAbstract ? 0 : 1),
                ValueLayout.JAVA_SHORT.byteAlignment());
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, FAMILY_BYTES, name.length);
        if (isAbstract) {
            address.set(ValueLayout.JAVA_BYTE, FAMILY_BYTES, (byte) 0);
        }
        return address;
    }

    private static MemorySegment rights(Arena arena, int descriptor) {
        MemorySegment control = arena.allocate(RIGHTS_BYTES, ValueLayout.JAVA_LONG.byteAlignment());
        control.set(ValueLayout.JAVA_LONG, 0, RIGHTS_LENGTH);
        control.set(ValueLayout.JAVA_INT, 8, SOL_SOCKET);
        control.set(ValueLayout.JAVA_INT, 12, SCM_RIGHTS);
        control.set(ValueLayout.JAVA_INT, 16, descriptor);
        return control;
    }
}
