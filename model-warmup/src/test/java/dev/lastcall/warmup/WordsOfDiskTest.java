// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import dev.lastcall.warmup.WordsRig.Case;
import dev.lastcall.warmup.cache.CacheLimits;
import dev.lastcall.warmup.fetch.Bandwidth;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.SmallDisk;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.lastcall.warmup.WordsRig.BYTES;
import static org.assertj.core.api.Assertions.catchThrowable;

/** What a person reads when a folder, a disk or an address is not what it should be. */
@Timeout(120)
class WordsOfDiskTest {

    @TempDir
    Path folder;

    private static Case one(String name, WordsRig.Provoke provoke, String what, String where, String why,
            String remedy) {
        return new Case(name, provoke, what, where, why, remedy);
    }

    private static Path source(WordsRig rig) throws Exception {
        return Files.createDirectory(rig.folder.resolve("source"));
    }

    private static Throwable web(WordsRig rig, Path destination) {
        rig.server.put("/m/a", BYTES, "v1");
        return rig.warm(rig.address("/m/"), destination, false, "a");
    }

    static Stream<Case> folders() {
        return Stream.of(
                one("missing folder", rig -> rig.list(rig.folder + "/none"),
                        "no such file or folder",
                        "list DIR/none",
                        "",
                        "is it mounted, and readable for the user that runs this?"),
                one("source is a file", rig -> rig.list(Files.writeString(rig.folder.resolve("f"), "x").toString()),
                        "it is a file and not a folder",
                        "list DIR/f",
                        "",
                        "name the folder that holds it"),
                one("empty folder", rig -> rig.warm(source(rig).toString(), rig.folder.resolve("out"), false),
                        "no file there, or none that include and exclude leave",
                        "DIR/source",
                        "",
                        "check the address and the patterns"),
                one("dangling link", rig -> {
                    Files.createSymbolicLink(source(rig).resolve("a"), Path.of("/nowhere/a"));
                    return rig.list(rig.folder + "/source");
                },
                        "it is a link to /nowhere/a, which is not there: the model is not whole",
                        "DIR/source: a",
                        "",
                        "finish its copy, or leave it out with exclude"),
                one("link out", rig -> {
                    Files.createSymbolicLink(source(rig).resolve("a"), Path.of("/etc/hostname"));
                    return rig.list(rig.folder + "/source");
                },
                        "it is a link to /etc/hostname and leads out of the folder",
                        "DIR/source: a",
                        "",
                        "put the file itself there, or leave it out with exclude"),
                one("no digest", rig -> {
                    Files.write(source(rig).resolve("a"), BYTES);
                    return rig.warm(rig.folder + "/source", rig.folder.resolve("out"), true);
                },
                        "the store offers no digest and requireDigest is on",
                        "a of DIR/source",
                        "",
                        "put a SHA256SUMS into the folder, or turn requireDigest off"),
                one("destination in the source", rig -> {
                    Files.write(source(rig).resolve("a"), BYTES);
                    return rig.warm(rig.folder + "/source", rig.folder.resolve("source/out"), false);
                },
                        "it lies in the source DIR/source; nothing was touched",
                        "DIR/source/out",
                        "",
                        "choose a destination that is apart from it"),
                one("destination is a file", rig -> web(rig, Files.writeString(rig.folder.resolve("f"), "x")),
                        "it is a file and not a folder",
                        "DIR/f",
                        "",
                        "remove what lies there, or choose another place"),
                one("destination below a file",
                        rig -> web(rig, Files.writeString(rig.folder.resolve("f"), "x").resolve("out")),
                        "it is a file and not a folder",
                        "llama: DIR/f/out",
                        "",
                        "remove what lies there, or choose another place"),
                one("another's file in the place", rig -> {
                    Files.writeString(Files.createDirectory(rig.folder.resolve("out")).resolve("a"), "mine");
                    return web(rig, rig.folder.resolve("out"));
                },
                        "it exists, and is no file that Lastcall fetched",
                        "DIR/out/a",
                        "",
                        "move it away, choose another folder, or have it replaced with --overwrite"),
                one("a file system that takes nothing", rig -> web(rig, Path.of("/proc/out")),
                        "no such file or folder",
                        "llama: /proc/out",
                        "",
                        "check the path, and whether it is mounted"),
                one("not loadable", rig -> {
                    rig.server.put("/m/a.safetensors", BYTES, "v1");
                    return rig.warm(rig.address("/m/"), rig.folder.resolve("out"), false, "a.safetensors");
                },
                        "it cannot be loaded as it is in the store: a.safetensors: not a safetensors file: its header would "
                                + "be larger than the file, or than any header",
                        "llama",
                        "",
                        "upload it again, or correct include and exclude"),
                one("quota", rig -> {
                    try (Fixture fixture = new Fixture(rig.folder)) {
                        fixture.put("m", "a", 300_000, "v1");
                        return catchThrowable(() -> new Warmup(fixture.store("m", "a"),
                                new Destination.Cache(fixture.cache(new CacheLimits(100_000, 0))),
                                Fixture.request("llama"), new Bandwidth(0)).run());
                    }
                },
                        "293 KiB more are needed and SOME are free in DIR",
                        "llama",
                        "the cache uses 0 B of a quota of 97.7 KiB",
                        "free some space, raise the quota, or release a model"),
                one("cancelled", rig -> {
                    try (Fixture fixture = new Fixture(rig.folder)) {
                        fixture.put("m", "a", 300_000, "v1");
                        Warmup warmup = fixture.warmup(fixture.store("m", "a"), Fixture.request("llama"));
                        warmup.cancel();
                        return catchThrowable(warmup::run);
                    }
                },
                        "the warm-up was cancelled",
                        "llama",
                        "",
                        "start it again when it is wanted"));
    }

    @ParameterizedTest
    @MethodSource("folders")
    void aFolderOrADisk(Case one) throws Exception {
        try (WordsRig rig = new WordsRig(folder)) {
            rig.check(one);
        }
    }

    static Stream<Case> disks() {
        return Stream.of(
                one("full", rig -> {
                    rig.server.put("/m/a", BYTES, "v1").script(request -> {
                        if (!request.isProbe()) {
                            fill(rig.folder);
                        }
                        return new Fault.None();
                    });
                    return rig.warm(rig.address("/m/"), rig.folder.resolve("disk/out"), false, "a");
                },
                        "no space left on the device",
                        "a: DIR/disk/out/PARTIAL",
                        "",
                        "free some space and start again"),
                one("too small", rig -> {
                    fill(rig.folder);
                    return web(rig, rig.folder.resolve("disk/out"));
                },
                        "no space left on the device",
                        "llama",
                        "",
                        "free some space and start again"));
    }

    private static void fill(Path folder) {
        try {
            new SmallDisk(folder.resolve("disk")).fillUpTo(0);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("disks")
    void aDiskWithoutRoom(Case one) throws Exception {
        try (SmallDisk _ = SmallDisk.mount(folder.resolve("disk"), 4L << 20); WordsRig rig = new WordsRig(folder)) {
            rig.check(one);
        }
    }

    static Stream<Case> addresses() {
        return Stream.of(
                one("bogus", rig -> rig.list("bogus"),
                        "there is no such folder here, and no store has such an address",
                        "\"bogus\"",
                        "",
                        "write the path of a folder, such as ./weights, or a store's address, such as s3://bucket/prefix"),
                one("s3:///x", rig -> rig.list("s3:///x"),
                        "it names no bucket: its name has letters, digits, dots, dashes and underscores",
                        "\"s3:///x\"",
                        "",
                        "write s3://bucket/prefix"),
                one("gs://", rig -> rig.list("gs://"),
                        "it names no bucket: its name has letters, digits, dots, dashes and underscores",
                        "\"gs://\"",
                        "",
                        "write gs://bucket/prefix"),
                one("ftp://h/x", rig -> rig.list("ftp://h/x"),
                        "it names no store",
                        "\"ftp://h/x\"",
                        "",
                        "write s3://bucket/prefix, gs://bucket/prefix, hf://organisation/name@revision, https://host/path or "
                                + "the path of a folder"),
                one("hf://a/b/c", rig -> rig.list("hf://a/b/c"),
                        "it names no model of the hub",
                        "\"hf://a/b/c\"",
                        "",
                        "write hf://organisation/name, or hf://organisation/name@revision"),
                one("hf://../x", rig -> rig.list("hf://../x"),
                        "it names no model of the hub",
                        "hf://../x",
                        "",
                        "write hf://organisation/name, or hf://organisation/name@revision"),
                one("http://h/a b", rig -> rig.list("http://h/a b"),
                        "it is no http or https address",
                        "\"http://h/a b\"",
                        "",
                        "write it as a browser shows it: a space is %20"),
                one("https:///x", rig -> rig.list("https:///x"),
                        "it is no http or https address",
                        "https:///x",
                        "",
                        "write it as a browser shows it: a space is %20"),
                one("s3://arn:aws:s3:::b/x", rig -> rig.list("s3://arn:aws:s3:::b/x"),
                        "it is an ARN and no address",
                        "\"s3://arn:aws:s3:::b/x\"",
                        "",
                        "an access point is addressed by its alias, as s3://ALIAS-s3alias/prefix"),
                one("s3://m.mrap/x", rig -> rig.list("s3://m.mrap/x"),
                        "it is a multi-Region access point, which needs signatures for all regions",
                        "s3://m.mrap",
                        "",
                        "name a bucket or an access point of one"),
                one("s3://a--ol-s3/x", rig -> rig.list("s3://a--ol-s3/x"),
                        "it is an Object Lambda access point, which changes what it serves",
                        "s3://a--ol-s3",
                        "",
                        "name the bucket itself"),
                one("s3://a--op-s3/x", rig -> rig.list("s3://a--op-s3/x"),
                        "it is a bucket on Outposts, which is not supported",
                        "s3://a--op-s3",
                        "",
                        "copy it to a bucket of a region"),
                one("file:///a b", rig -> rig.list("file:///a b"),
                        "it is no address of a folder of this machine",
                        "\"file:///a b\"",
                        "",
                        "write file:///path, or the path alone"));
    }

    @ParameterizedTest
    @MethodSource("addresses")
    void anAddressThatIsNone(Case one) throws Exception {
        try (WordsRig rig = new WordsRig(folder)) {
            rig.check(one);
        }
    }
}
