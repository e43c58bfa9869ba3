// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Memory that the host of a virtual machine has given it. A guest hands its free pages back within seconds, and the program
 * that touches them first pays for their return, several times what it costs to fill them: without this the order of the clients
 * decides, not the clients.
 */
final class TouchedMemory {

    private static final int STEP = 1 << 20;

    private TouchedMemory() {}

    /** Fills that much of a file system in memory and frees it at once. */
    static void of(Path memory, long bytes) throws IOException {
        Path file = Files.createTempFile(memory, "lastcall-bench", ".touch");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(STEP);
            for (long at = 0; at < bytes; at += channel.write(zeros.clear(), at)) {
                // Only that the pages are there counts.
            }
        } finally {
            Files.delete(file);
        }
    }
}
