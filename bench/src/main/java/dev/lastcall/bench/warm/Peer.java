// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A client that is measured, and the command by which it fetches all files. */
enum Peer {
    LASTCALL("lastcall warm, crc64nvme"), LASTCALL_AGAIN("the same again"), LASTCALL_CRC32C(
            "lastcall warm, crc32c"), LASTCALL_SHA256("lastcall warm, sha256"), LASTCALL_BYPASS(
                    "lastcall warm, crc64nvme, bypass"), LASTCALL_CRC32C_BYPASS(
                            "lastcall warm, crc32c, bypass"), AWS_CRT("aws-crt 0.50.0"), AWS_CRT_DIRECT(
                                    "aws-crt 0.50.0, O_DIRECT"), RCLONE(
                                            "rclone"), S5CMD("s5cmd"), ARIA2("aria2"), CURL("curl");

    /** Streams at once that the peers are set to use, the aws-crt excepted, which decides by itself. */
    private static final int STREAMS = 8;

    private final String label;

    Peer(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    boolean isLastcall() {
        return compareTo(AWS_CRT) < 0;
    }

    /** Whether it takes part where nothing is said: s5cmd is no package of Debian's. */
    boolean isHere() {
        return this != S5CMD || Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "s5cmd")));
    }

    /**
     * What to run.
     *
     * @param program how to start programs on the JVM
     * @param flushed whether the files are to be on flash in the end
     */
    List<String> command(Run run, ClientProgram program, boolean flushed) throws IOException {
        return switch (this) {
            case LASTCALL, LASTCALL_AGAIN -> run.warm(program, "s3://weights/", flushed, "auto");
            case LASTCALL_CRC32C -> run.warm(program, "s3://crc32c/", flushed, "auto");
            case LASTCALL_SHA256 -> run.warm(program, run.origin() + "/sums/", flushed, "auto");
            case LASTCALL_BYPASS -> run.warm(program, "s3://weights/", flushed, "bypass");
            case LASTCALL_CRC32C_BYPASS -> run.warm(program, "s3://crc32c/", flushed, "bypass");
            case AWS_CRT -> run.crt(program, "buffered");
            case AWS_CRT_DIRECT -> run.crt(program, "direct");
            case RCLONE ->
                List.of("rclone", "copy", "--http-url", run.origin() + "/folder/", ":http:", run.target().toString(),
                        "--transfers", Integer.toString(STREAMS), "--multi-thread-streams", Integer.toString(STREAMS),
                        "--ca-cert", run.certificate().toString());
            case S5CMD ->
                List.of("s5cmd", "--endpoint-url", run.origin(), "cp", "--concurrency", Integer.toString(STREAMS),
                        "s3://weights/*", run.target() + "/");
            case ARIA2 -> List.of("aria2c", "--quiet", "--max-connection-per-server=" + STREAMS, "--split=" + STREAMS,
                    "--max-concurrent-downloads=" + STREAMS, "--min-split-size=16M", "--file-allocation=falloc",
                    "--ca-certificate=" + run.certificate(), "--dir=" + run.target(), "--input-file=" + run.list());
            case CURL -> run.curl(STREAMS);
        };
    }

    /** What fetches all files of a web folder into a folder of memory. */
    static List<String> warmUp(ClientProgram program, Run run) {
        List<String> command = new ArrayList<>(run.warm(program, run.origin() + "/", false, "auto"));
        run.names().forEach(name -> command.add("--file=" + name));
        return command;
    }

    /**
     * One run.
     *
     * @param origin of the server
     * @param names of the files
     * @param target folder for them
     * @param certificate of the server
     * @param connections that lastcall may open
     */
    record Run(String origin, List<String> names, Path target, Path certificate, int connections) {

        /** The most that {@code lastcall warm} is set to; it is its own default. */
        static final int CONNECTIONS = 128;

        private List<String> warm(ClientProgram program, String source, boolean flushed, String pageCache) {
            List<String> command = new ArrayList<>(program.lastcall());
            command.addAll(List.of("warm", source, target.toString(), "--quiet", "--connections",
                    Integer.toString(connections), "--page-cache", pageCache));
            if (!flushed) {
                command.add("--no-sync");
            }
            return command;
        }

        private List<String> crt(ClientProgram program, String mode) {
            List<String> command = new ArrayList<>(program.ofBench("CrtChild"));
            command.addAll(List.of(origin + "/weights/", target.toString(), mode, certificate.toString()));
            command.addAll(names);
            return command;
        }

        private Path list() throws IOException {
            StringBuilder lines = new StringBuilder();
            names.forEach(name -> lines.append(origin).append("/folder/").append(name).append('\n'));
            return Files.writeString(Files.createTempFile("lastcall-bench", ".txt"), lines);
        }

        private List<String> curl(int streams) {
            List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error", "--fail", "--parallel",
                    "--parallel-immediate", "--parallel-max", Integer.toString(streams), "--cacert",
                    certificate.toString()));
            for (String name : names) {
                command.addAll(List.of("--output", target.resolve(name).toString(), origin + "/folder/" + name));
            }
            return command;
        }
    }
}
