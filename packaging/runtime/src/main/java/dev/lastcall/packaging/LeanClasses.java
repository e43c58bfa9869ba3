// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFile.DebugElementsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Writes the classes of jars again without the names of their local variables, which only a debugger reads and which the AOT
 * cache would keep in memory; the line numbers stay, for stack traces. Classes of Java 5 and older are brought into today's
 * format, with the stack maps that it asks for: an AOT cache cannot hold them as they are, and Picocli alone, whose classes
 * are all of that age, would cost every start a tenth of a second.
 */
final class LeanClasses {

    private static final String MODULE = "module-info.class";

    private final ClassFile format;

    private LeanClasses(ClassLoader loader) {
        format = ClassFile.of(DebugElementsOption.DROP_DEBUG, ConstantPoolSharingOption.NEW_POOL,
                ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)
                        .orElse(ClassHierarchyResolver.defaultResolver())));
    }

    /** Rewrites jars in place; their classes may extend those of one another. */
    static void renew(List<Path> jars) throws IOException {
        try (URLClassLoader loader = new URLClassLoader(urls(jars))) {
            LeanClasses classes = new LeanClasses(loader);
            for (Path jar : jars) {
                Path renewed = jar.resolveSibling(jar.getFileName() + ".renewed");
                classes.write(jar, renewed);
                Files.move(renewed, jar, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static URL[] urls(List<Path> jars) throws MalformedURLException {
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = jars.get(i).toUri().toURL();
        }
        return urls;
    }

    private void write(Path jar, Path renewed) throws IOException {
        try (JarFile from = new JarFile(jar.toFile(), false);
                OutputStream file = Files.newOutputStream(renewed);
                JarOutputStream to = new JarOutputStream(file)) {
            for (JarEntry entry : from.stream().toList()) {
                byte[] content;
                try (InputStream in = from.getInputStream(entry)) {
                    content = in.readAllBytes();
                }
                JarEntry copy = new JarEntry(entry.getName());
                copy.setTimeLocal(entry.getTimeLocal());
                to.putNextEntry(copy);
                String name = entry.getName();
                to.write(name.endsWith(".class") && !name.endsWith(MODULE) ? lean(content) : content);
                to.closeEntry();
            }
        }
    }

    private byte[] lean(byte[] content) {
        ClassModel model = format.parse(content);
        ClassTransform version = (builder, element) -> {
            if (element instanceof ClassFileVersion && model.majorVersion() <= ClassFile.JAVA_5_VERSION) {
                builder.withVersion(ClassFile.latestMajorVersion(), 0);
            } else {
                builder.with(element);
            }
        };
        try {
            // Each body is taken apart and put together again, which is what leaves names out and makes stack maps.
            return format.transformClass(model, version.andThen(PlainMethods.of(model)));
        } catch (IllegalArgumentException unresolved) {
            // It extends a class of a library that is not here, and so is never loaded.
            return content;
        }
    }
}
