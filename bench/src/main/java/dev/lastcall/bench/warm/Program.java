// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How programs on the JVM are started.
 *
 * @param home of the program as it is built
 * @param archive of its classes, which its first end writes, as its launcher has it
 */
record Program(Path home, Path archive) {

    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** The start of {@code lastcall}'s command line. */
    List<String> lastcall() {
        return List.of(JAVA, "@" + home.resolve("jvm.options"), "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + archive, "-cp", home.resolve("lib") + "/*", "dev.lastcall.agent.Main");
    }

    /** The start of a command that runs one of this package's classes, with the same collector and heap. */
    List<String> ofBench(String name) {
        List<String> command = new ArrayList<>(List.of(JAVA, "@" + home.resolve("jvm.options"), "-cp",
                System.getProperty("java.class.path"), Program.class.getPackageName() + "." + name));
        return command;
    }
}
