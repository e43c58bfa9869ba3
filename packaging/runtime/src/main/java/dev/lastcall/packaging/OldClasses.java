// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Brings classes of Java 5 and older into today's format, with the stack maps that it asks for: an AOT cache cannot hold
 * them as they are, and Picocli alone, whose classes are all of that age, would cost every start a tenth of a second.
 */
final class OldClasses {

    private OldClasses() {}

    /** Rewrites a jar in place if it has any. */
    static void renew(Path jar) throws IOException {
        Path renewed = jar.resolveSibling(jar.getFileName() + ".renewed");
        boolean found = false;
        try (JarFile from = new JarFile(jar.toFile(), false);
                URLClassLoader loader = new URLClassLoader(new URL[]{jar.toUri().toURL()});
                OutputStream file = Files.newOutputStream(renewed);
                JarOutputStream to = new JarOutputStream(file)) {
            ClassFile format = ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS, ClassHierarchyResolverOption
                    .of(ClassHierarchyResolver.ofResourceParsing(loader)
                            .orElse(ClassHierarchyResolver.defaultResolver())));
            for (JarEntry entry : from.stream().toList()) {
                byte[] content;
                try (InputStream in = from.getInputStream(entry)) {
                    content = in.readAllBytes();
                }
                boolean old = entry.getName().endsWith(".class")
                        && format.parse(content).majorVersion() <= ClassFile.JAVA_5_VERSION;
                found |= old;
                JarEntry copy = new JarEntry(entry.getName());
                copy.setTimeLocal(entry.getTimeLocal());
                to.putNextEntry(copy);
                to.write(old ? today(format, content) : content);
                to.closeEntry();
            }
        }
        if (found) {
            Files.move(renewed, jar, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.delete(renewed);
        }
    }

    private static byte[] today(ClassFile format, byte[] old) {
        ClassTransform version = (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(ClassFile.latestMajorVersion(), 0);
            } else {
                builder.with(element);
            }
        };
        // Each body is taken apart and put together again, which is what makes the stack maps.
        ClassTransform bodies = ClassTransform.transformingMethodBodies((builder, element) -> builder.with(element));
        return format.transformClass(format.parse(old), version.andThen(bodies));
    }
}
