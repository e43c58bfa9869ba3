// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How programs on the JVM are started.
 *
 * @param home of the program as the packages install it, with its own runtime
 */
record ClientProgram(Path home) {

    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** The start of {@code lastcall}'s command line. */
    List<String> lastcall() {
        return List.of(home.resolve("lastcall").toString());
    }

    /** Absolute, since each command runs in the folder that it is to fill. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The start of a command that runs one of this package's classes, with the same collector and heap. */
    List<String> ofBench(String name) {
        return List.of(JAVA, "@" + home.resolve("jvm.options"), "-cp", classPath(),
                ClientProgram.class.getPackageName() + "." + name);
    }
}
