// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The program's own files in a home: its jars and the flags of its JVM. */
final class Program {

    /** The jar that names all the others in its manifest, so that the class path is the same wherever it lies. */
    static final String MAIN_JAR = "lib/lastcall.jar";

    /** What {@code /usr/bin/lastcall} is a link to. */
    static final String LAUNCHER = "lastcall";

    static final String MAIN_CLASS = "dev.lastcall.agent.Main";

    private static final String AGENT = "agent-";

    /** Where Netty's jars hold theirs. */
    private static final String NATIVES = "META-INF/native/";

    private Program() {}

    /** Copies what this machine's architecture needs. */
    static void copy(Path program, Path home) throws IOException {
        Path lib = Files.createDirectories(home.resolve("lib"));
        for (Path jar : list(program.resolve("lib"))) {
            String name = jar.getFileName().toString();
            if (name.startsWith(AGENT)) {
                Files.copy(jar, home.resolve(MAIN_JAR));
            } else if (!isForeign(name) && unpackNatives(jar, lib) == 0) {
                Files.copy(jar, lib.resolve(name));
            }
        }
        Files.copy(program.resolve("jvm.options"), home.resolve("jvm.options"));
    }

    /** The jars in a home. */
    static List<Path> jars(Path home) throws IOException {
        return list(home.resolve("lib")).stream().filter(file -> file.toString().endsWith(".jar")).toList();
    }

    /**
     * Puts the native libraries of a jar into the folder where the launcher has the JVM look first: from within the jar they
     * would be unpacked into a temporary folder, from which nothing can be loaded where it is mounted noexec. Netty's jars of
     * natives hold nothing else, so that they need not be there as well.
     *
     * @return how many there were
     */
    private static int unpackNatives(Path jar, Path lib) throws IOException {
        int count = 0;
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : Collections.list(file.entries())) {
                String name = entry.getName();
                if (name.startsWith(NATIVES) && name.endsWith(".so")) {
                    try (InputStream in = file.getInputStream(entry)) {
                        Files.copy(in, lib.resolve(name.substring(NATIVES.length())));
                    }
                    count++;
                }
            }
        }
        return count;
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        }
    }

    /** Whether it holds native code of another architecture. */
    private static boolean isForeign(String jar) {
        boolean arm = System.getProperty("os.arch").toLowerCase(Locale.ROOT).equals("aarch64");
        return jar.endsWith(arm ? "-linux-x86_64.jar" : "-linux-aarch_64.jar");
    }
}
