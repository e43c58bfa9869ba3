// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

import dev.lastcall.warmup.scripted.TestBytes;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class SumsTest {

    private static final byte[] CHECK = "123456789".getBytes(StandardCharsets.US_ASCII);

    @Test
    void crc64NvmeGivesItsCheckValue() {
        Crc64Nvme crc = new Crc64Nvme();

        crc.update(CHECK);

        assertThat(crc.getValue()).isEqualTo(0xae8b14860a799888L);
    }

    @Property(tries = 200)
    void crc64NvmeDoesNotDependOnHowTheBytesAreCut(@ForAll @Size(max = 300) byte[] bytes, @ForAll int cut) {
        int at = bytes.length == 0 ? 0 : Math.floorMod(cut, bytes.length);
        Crc64Nvme whole = new Crc64Nvme();
        for (byte b : bytes) {
            whole.update(b);
        }
        Crc64Nvme pieces = new Crc64Nvme();
        pieces.update(bytes, 0, at);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length - at).put(bytes, at, bytes.length - at).flip();
        pieces.update(direct);

        assertThat(pieces.getValue()).isEqualTo(whole.getValue());
    }

    @Property(tries = 200)
    void crcsOfPiecesCombineToTheCrcOfTheWhole(@ForAll @Size(max = 300) byte[] first,
            @ForAll @Size(max = 300) byte[] second) {
        ByteBuffer whole = ByteBuffer.allocate(first.length + second.length).put(first).put(second).flip();
        for (DigestKind kind : new DigestKind[]{DigestKind.CRC64NVME, DigestKind.CRC32C, DigestKind.CRC32}) {
            long combined = CrcCombination.of(kind)
                    .combine(sum(kind, ByteBuffer.wrap(first)),
                            sum(kind, ByteBuffer.wrap(second)), second.length);

            assertThat(combined).isEqualTo(sum(kind, whole.duplicate()));
        }
    }

    /** The loop is made of vector instructions then: the same sum by another way. */
    @ParameterizedTest
    @EnumSource
    void aSumIsTheSameOnceItsCodeIsCompiled(DigestKind kind) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(300_007).put(TestBytes.random(300_007, 9)).flip();
        long before = sum(kind, bytes.duplicate());

        PartSum.rehearse(kind);

        assertThat(sum(kind, bytes.duplicate())).isEqualTo(before);
    }

    private static long sum(DigestKind kind, ByteBuffer bytes) {
        PartSum sum = PartSum.forDigest(Optional.of(kind));
        sum.update(bytes);
        return sum.value();
    }

    @Test
    void partSumsAgreeWithTheJdk() {
        CRC32C crc32c = new CRC32C();
        crc32c.update(CHECK);
        CRC32 crc32 = new CRC32();
        crc32.update(CHECK);

        assertThat(sum(DigestKind.CRC32C, ByteBuffer.wrap(CHECK))).isEqualTo(crc32c.getValue());
        assertThat(sum(DigestKind.CRC32, ByteBuffer.wrap(CHECK))).isEqualTo(crc32.getValue());
    }

    @Test
    void orderedHashesGiveTheirKnownValues() {
        assertThat(hash(DigestKind.SHA256, "abc"))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(hash(DigestKind.MD5, "abc")).isEqualTo("900150983cd24fb0d6963f7d28e17f72");
        // What `git hash-object` prints for a file that holds "hello\n".
        assertThat(hash(DigestKind.GIT_SHA1, "hello\n")).isEqualTo("ce013625030ba8dba906f756967f9e9ca394464a");
    }

    private static String hash(DigestKind kind, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        OrderedHash hash = OrderedHash.start(kind, bytes.length);
        hash.update(ByteBuffer.wrap(bytes));
        return hash.finish().hex();
    }
}
