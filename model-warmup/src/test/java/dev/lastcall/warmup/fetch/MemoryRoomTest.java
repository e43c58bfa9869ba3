// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class MemoryRoomTest {

    private static final long MIB = 1 << 20;

    @TempDir
    Path root;

    @BeforeEach
    void aMachineWithEightGibibytes() throws IOException {
        put("proc/meminfo", "MemTotal:       16777216 kB\nMemAvailable:    8388608 kB\n");
        put("proc/self/cgroup", "0::/\n");
    }

    private void put(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private long room() {
        return new MemoryRoom(root).bytes().orElse(-1);
    }

    @Test
    void withoutALimitItIsWhatIsAvailable() {
        assertThat(room()).isEqualTo(8192 * MIB);
    }

    @Test
    void aGroupOfVersionTwoLeavesItsLimitLessWhatIsNoCache() throws IOException {
        put("proc/self/cgroup", "0::/kubepods/agent\n");
        put("sys/fs/cgroup/kubepods/agent/memory.max", 1024 * MIB + "\n");
        put("sys/fs/cgroup/kubepods/agent/memory.current", 900 * MIB + "\n");
        put("sys/fs/cgroup/kubepods/agent/memory.stat", "anon 1\nfile_mapped 7\nfile " + 800 * MIB + "\n");

        assertThat(room()).isEqualTo(924 * MIB);
    }

    @Test
    void theTightestGroupAboveCounts() throws IOException {
        put("proc/self/cgroup", "0::/kubepods/agent\n");
        put("sys/fs/cgroup/kubepods/agent/memory.max", "max\n");
        put("sys/fs/cgroup/kubepods/memory.max", 512 * MIB + "\n");

        assertThat(room()).isEqualTo(512 * MIB);
    }

    @Test
    void aContainerThatSeesItsGroupAsTheRootIsHeldToIt() throws IOException {
        put("proc/self/cgroup", "0::/../../agent\n");
        put("sys/fs/cgroup/memory.max", 256 * MIB + "\n");

        assertThat(room()).isEqualTo(256 * MIB);
    }

    @Test
    void aGroupOfVersionOneCountsToo() throws IOException {
        put("proc/self/cgroup", "5:cpu:/other\n4:memory:/agent\n");
        put("sys/fs/cgroup/memory/agent/memory.limit_in_bytes", 2048 * MIB + "\n");
        put("sys/fs/cgroup/memory/agent/memory.usage_in_bytes", 1000 * MIB + "\n");
        put("sys/fs/cgroup/memory/agent/memory.stat", "cache 5\ntotal_cache " + 600 * MIB + "\n");

        assertThat(room()).isEqualTo(1648 * MIB);
    }

    @Test
    void aLimitOfVersionOneThatIsNoneIsNone() throws IOException {
        put("proc/self/cgroup", "4:memory:/\n");
        put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");

        assertThat(room()).isEqualTo(8192 * MIB);
    }

    @Test
    void aGroupThatIsFullLeavesNothing() throws IOException {
        put("sys/fs/cgroup/memory.max", 100 * MIB + "\n");
        put("sys/fs/cgroup/memory.current", 150 * MIB + "\n");

        assertThat(room()).isZero();
    }

    @Test
    void aSystemThatSaysNothingIsNotKnown() throws IOException {
        Files.delete(root.resolve("proc/meminfo"));

        assertThat(new MemoryRoom(root).bytes()).isEmpty();
    }
}
