// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.failure.Words;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.web.WebStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Brings failures about with small real servers and folders, and reads what is said of them. */
final class WordsRig implements AutoCloseable {

    static final int SIZE = 200_000;
    static final byte[] BYTES = TestBytes.random(SIZE, 7);

    private static final Pattern CLASS_NAME = Pattern
            .compile("[a-z]\\w*\\.[A-Z]\\w+|\\b[A-Z]\\w*(?:Exception|Error)\\b");
    private static final Pattern RAW_NUMBER = Pattern.compile("\\b\\d{5,}\\b");

    final ScriptedStore server;
    final ScriptedStore other = new ScriptedStore();
    final Path folder;
    final Map<String, String> environment = new HashMap<>();

    WordsRig(Path folder, ScriptedStore server) {
        this.folder = folder;
        this.server = server;
        environment.put("AWS_EC2_METADATA_DISABLED", "true");
        environment.put("NO_GCE_CHECK", "true");
        environment.put("HOME", folder.toString());
    }

    WordsRig(Path folder) {
        this(folder, new ScriptedStore());
    }

    /** Something that fails. */
    @FunctionalInterface
    interface Provoke {
        Throwable with(WordsRig rig) throws Exception;
    }

    /**
     * One failure.
     *
     * @param what happened
     * @param where it happened, with {@code STORE}, {@code OTHER} and {@code DIR} for what differs from run to run
     * @param why as far as it is known
     * @param remedy what to do
     */
    record Case(String name, Provoke provoke, String what, String where, String why, String remedy) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A port at which nothing listens. */
    static int freePort() throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return closed.getLocalPort();
        }
    }

    WordsRig with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    String address(String path) {
        return server.address(path).toString();
    }

    Throwable list(String address, String... files) {
        return list(new StoreSettings(false, Optional.empty(), "", StoreSettings.DEFAULT.addressing(), false, "",
                List.of(files), Map.of()), address);
    }

    Throwable list(StoreSettings settings, String address) {
        return catchThrowable(() -> {
            try (Network network = Network.of(Environment.of(environment).network());
                    Store store = new Stores(Environment.of(environment), network).open(address, settings)) {
                store.list(Selection.ALL);
            }
        });
    }

    /** To a folder, by one command as a person gives it. */
    Throwable warm(String address, Path destination, boolean requireDigest, String... files) {
        WarmupRequest request = WarmupRequest.of("llama").withSettings(Fixture.SETTINGS);
        return catchThrowable(() -> {
            try (Network network = Network.of(Environment.of(environment).network());
                    Store store = new Stores(Environment.of(environment), network).open(address,
                            new StoreSettings(false, Optional.empty(), "", StoreSettings.DEFAULT.addressing(), false,
                                    "",
                                    List.of(files), Map.of()))) {
                new Warmup(store, new Destination.Folder(destination),
                        requireDigest ? request.withDigestsRequired() : request, new Bandwidth(0)).run();
            }
        });
    }

    /** One range of a file that was listed with the tag v1, past everything that would try again. */
    Throwable range(String path, Fault fault, long offset, int length) {
        server.put("/m/a", BYTES, "v1").script(request -> fault);
        return range(path, offset, length);
    }

    Throwable range(String path, long offset, int length) {
        return catchThrowable(() -> {
            try (Network network = Network.of(Environment.of(environment).network());
                    Store store = new WebStore(server.address(path), List.of(), Map.of(), network);
                    RangeReader reader = store.openReader()) {
                reader.open(new RemoteFile("a", SIZE, new Validator.Tag("\"v1\""), List.of(), true, address(path)),
                        offset, length);
                ByteBuffer buffer = ByteBuffer.allocate(length);
                while (buffer.hasRemaining()) {
                    reader.read(buffer);
                }
            }
        });
    }

    /** What is said of it is what is pinned, and nothing in it is for machines. */
    void check(Case expected) throws Exception {
        Throwable failure = expected.provoke.with(this);
        assertThat(failure).as("it fails").isNotNull();
        Words words = Words.of("the test", failure);
        assertHarmless(words.line());
        assertThat(failure.getMessage()).as("the exception says the same").isEqualTo(words.line());
        assertThat(new Words(plain(words.what()), plain(words.where()), plain(words.why()), plain(words.remedy())))
                .isEqualTo(new Words(expected.what, expected.where, expected.why, expected.remedy));
    }

    private String plain(String text) {
        return text.replace(address(""), "STORE")
                .replace(other.address("").toString(), "OTHER")
                .replace(folder.toString(), "DIR")
                .replaceAll("/\\.lastcall/partial/\\S+", "/PARTIAL")
                .replaceAll("and [0-9.]+ [KMGT]iB are free", "and SOME are free")
                .replaceAll("127\\.0\\.0\\.1:\\d+", "HOST");
    }

    /** No name of a class, no null, no signature, no number that only a program reads. */
    static void assertHarmless(String line) {
        String words = line.replaceAll("https?://[^\\s,;()]+|/tmp/\\S+|\\S+\\.[0-9]+/\\S*|:\\d+\\b", "");
        assertThat(line).doesNotContainPattern(CLASS_NAME)
                .doesNotContainPattern("\\bnull\\b|no further information|X-Amz-Signature=|sig=|deadbeef|\\{}")
                .doesNotContain(";;", "; ;", "()", ": :", "  ")
                .hasSizeLessThan(700);
        assertThat(words).doesNotContainPattern(RAW_NUMBER);
    }

    @Override
    public void close() throws IOException {
        server.close();
        other.close();
    }
}
