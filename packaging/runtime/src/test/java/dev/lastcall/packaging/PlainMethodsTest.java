// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PlainMethodsTest {

    private static final List<Class<?>> SAMPLES = List.of(Shape.class, Dot.class, Box.class, Named.class, Deep.class,
            All.class, Words.class, Values.class);

    /** Whose values have the same hash in every process. */
    private static final Set<String> STEADY = Set.of(Box.class.getName(), All.class.getName());

    sealed interface Shape permits Dot, Box, Named {

        /** A switch in an interface, whose written method is the interface's own. */
        default String kind() {
            return switch (this) {
                case Dot dot -> "dot";
                case Box box -> "box";
                case Named named -> "named";
            };
        }
    }

    enum Dot implements Shape {
        ONE, TWO
    }

    record Box(int width, long height, double depth) implements Shape {}

    record Named(@Nullable String name, @Nullable Shape inner) implements Shape {}

    record Deep(Named named, List<String> words, Integer number) {}

    record All(boolean a, byte b, char c, short d, int e, long f, float g, double h) {}

    /** Switches with guards, patterns in patterns, null and a default. */
    public static final class Words implements Function<@Nullable Object, String> {
        @Override
        public String apply(@Nullable Object of) {
            return switch (of) {
                case null -> "null";
                case Box(int width, long height, double depth) when width > 5 && height > 5 -> "big";
                case Box box -> "box of " + box.width();
                case Named(String name, Box(int width, long _, double _)) -> name + " in a box of " + width;
                case Named named when named.name() == null -> "nameless";
                case Named named -> "named " + named.name();
                case Dot dot when dot == Dot.ONE -> "the first dot";
                case Dot dot -> "a dot";
                case CharSequence text -> "text " + text;
                default -> "something";
            };
        }
    }

    /** What is put in; made again by each loader. */
    public static final class Values implements Supplier<List<@Nullable Object>> {
        @Override
        public List<@Nullable Object> get() {
            List<@Nullable Object> values = new ArrayList<>();
            values.add(null);
            values.addAll(List.of(Dot.ONE, Dot.TWO, new Box(9, 9, 1), new Box(9, 1, Double.NaN), new Box(9, 1, 0.0),
                    new Box(9, 1, -0.0), new Named("it", new Box(2, 2, 2)), new Named(null, null),
                    new Named("it", Dot.ONE), new Named("it", null), "words", 7,
                    new Deep(new Named("it", null), List.of("a", "b"), 1000),
                    new All(true, (byte) 1, 'c', (short) 2, 3, 4L << 40, 5.5f, 6.5),
                    new All(false, (byte) -1, 'd', (short) -2, -3, -4L << 40, Float.NaN, Double.NaN)));
            return values;
        }
    }

    @Test
    void nothingIsLeftToBeMadeAtRunTime() throws IOException {
        for (Class<?> sample : SAMPLES) {
            List<String> left = new ArrayList<>();
            ClassFile.of()
                    .parse(plain(sample))
                    .methods()
                    .forEach(method -> method.code().ifPresent(code -> code.forEach(element -> {
                        if (element instanceof InvokeDynamicInstruction call
                                && !call.bootstrapMethod().owner().displayName().equals("StringConcatFactory")) {
                            left.add(call.name().stringValue());
                        }
                    })));
            assertThat(left).as(sample.getName()).isSubsetOf("toString");
        }
    }

    @Test
    void switchesAndRecordsMeanTheSame() throws Exception {
        Outcome before = Outcome.of(Words.class, Values.class);

        Map<String, byte[]> plain = new HashMap<>();
        for (Class<?> sample : SAMPLES) {
            plain.put(sample.getName(), plain(sample));
        }
        Loader loader = new Loader(plain);
        Outcome after = Outcome.of(loader.loadClass(Words.class.getName()), loader.loadClass(Values.class.getName()));

        assertThat(after).isEqualTo(before);
        assertThat(after.words()).contains("null", "big", "box of 9", "it in a box of 2", "nameless", "a dot");
    }

    private static byte[] plain(Class<?> sample) throws IOException {
        String file = sample.getName().substring(sample.getPackageName().length() + 1) + ".class";
        try (InputStream in = Objects.requireNonNull(sample.getResourceAsStream(file))) {
            ClassFile format = ClassFile.of();
            ClassModel model = format.parse(in.readAllBytes());
            return format.transformClass(model, PlainMethods.of(model));
        }
    }

    /**
     * What the samples do.
     *
     * @param words of each value
     * @param equal which value equals which other one
     * @param hashes of those that have one which is the same in every process
     */
    private record Outcome(List<String> words, List<Boolean> equal, List<Integer> hashes) {

        @SuppressWarnings("unchecked")
        static Outcome of(Class<?> words, Class<?> values) throws ReflectiveOperationException {
            var function = (Function<@Nullable Object, String>) words.getDeclaredConstructor().newInstance();
            var supplier = (Supplier<List<@Nullable Object>>) values.getDeclaredConstructor().newInstance();
            List<@Nullable Object> some = supplier.get();
            List<@Nullable Object> others = supplier.get();
            List<Boolean> equal = new ArrayList<>();
            some.forEach(one -> others.forEach(other -> equal.add(Objects.equals(one, other))));
            return new Outcome(some.stream().map(function).toList(), equal, some.stream()
                    .filter(one -> one != null && STEADY.contains(one.getClass().getName()))
                    .map(Objects::hashCode)
                    .toList());
        }
    }

    /** Defines the samples out of these bytes, and finds everything else where the test has it from. */
    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> plain;

        private Loader(Map<String, byte[]> plain) {
            super(PlainMethodsTest.class.getClassLoader());
            this.plain = plain;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            byte[] bytes = plain.get(name);
            if (bytes == null) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? defineClass(name, bytes, 0, bytes.length) : loaded;
        }
    }
}
