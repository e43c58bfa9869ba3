// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.setup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.lastcall.agent.setup.PortOwners.Owner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PortOwnersTest {

    private static final String HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String REST = " 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 777 1 0\n";

    @TempDir
    Path proc;

    private void process(long pid, String socket, String group) throws IOException {
        Path folder = Files.createDirectories(proc.resolve(Long.toString(pid)).resolve("fd"));
        var _ = Files.createSymbolicLink(folder.resolve("3"), Path.of(socket));
        var _ = Files.writeString(folder.resolveSibling("cgroup"), group + "\n");
    }

    private void listening(String address) throws IOException {
        var _ = Files.writeString(Files.createDirectories(proc.resolve("net")).resolve("tcp"),
                HEAD + "   0: " + address + REST);
    }

    @ParameterizedTest
    @CsvSource({"0::/system.slice/vllm.service, vllm.service", "0::/system.slice/vllm.service/workers, vllm.service",
        "0::/system.slice/system-vllm.slice/vllm@1.service, vllm@1.service",
        "1:name=systemd:/system.slice/llama.service, llama.service"})
    void aServiceOfTheSystemIsNamed(String group, String unit) throws IOException {
        listening("0100007F:1F40");
        process(4711, "socket:[777]", group);

        assertThat(new PortOwners(proc).of(8000)).isEqualTo(new Owner.Unit(unit));
    }

    @ParameterizedTest
    @CsvSource({"0::/user.slice/user-1000.slice/user@1000.service/app.slice/llama.service",
        "0::/system.slice/docker-0123.scope", "0::/", "nonsense"})
    void aProcessOfNoServiceOfTheSystemIsAProcess(String group) throws IOException {
        listening("0100007F:1F40");
        process(4711, "socket:[777]", group);

        assertThat(new PortOwners(proc).of(8000)).isEqualTo(new Owner.LoneProcess(4711));
    }

    @Test
    void aContainerEngineIsNotTheServer() throws IOException {
        listening("00000000:1F40");
        process(900, "socket:[777]", "0::/system.slice/docker.service");

        assertThat(new PortOwners(proc).of(8000)).isEqualTo(new Owner.Engine("docker.service"));
    }

    @Test
    void ofThoseThatShareASocketTheFirstIsTheOwner() throws IOException {
        listening("0100007F:1F40");
        process(4712, "socket:[777]", "0::/");
        process(4711, "socket:[777]", "0::/");
        process(9, "socket:[778]", "0::/");

        assertThat(new PortOwners(proc).of(8000)).isEqualTo(new Owner.LoneProcess(4711));
    }

    @Test
    void whatCannotBeSeenIsUnknown() throws IOException {
        assertThat(new PortOwners(proc).of(8000)).isEqualTo(new Owner.Unknown());
        listening("0100007F:1F41");
        assertThat(new PortOwners(proc).of(8000)).isEqualTo(new Owner.Unknown());
        assertThat(new PortOwners(proc).of(8001)).isEqualTo(new Owner.Unknown());
    }

    @Test
    void thisProcessIsFoundByItsOwnPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(new PortOwners(Path.of("/proc")).of(socket.getLocalPort()))
                    .isNotInstanceOf(Owner.Unknown.class);
        }
    }
}
