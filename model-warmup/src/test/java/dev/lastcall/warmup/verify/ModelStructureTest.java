// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.lastcall.warmup.store.Selection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ModelStructureTest {

    @TempDir
    Path folder;

    private List<String> safetensors(String json, int dataBytes) throws IOException {
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(folder.resolve("m.safetensors"), file.putLong(header.length).put(header).array());
        return ModelStructure.faults(folder::resolve, List.of("m.safetensors"), name -> true);
    }

    @Test
    void aSoundSafetensorsFileHasNoFault() throws IOException {
        assertThat(safetensors("""
                {"__metadata__": {"format": "pt"},
                 "a": {"dtype": "F16", "shape": [2, 2], "data_offsets": [0, 8]},
                 "b": {"dtype": "F16", "shape": [2], "data_offsets": [8, 12]}}""", 12)).isEmpty();
        assertThat(safetensors("{}", 0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"a\": {\"data_offsets\": [0, 8]}} | 7",
        "{\"a\": {\"data_offsets\": [0, 8]}} | 9",
        "{\"a\": {\"data_offsets\": [9, 8]}} | 8", "{\"a\": {\"data_offsets\": [0]}} | 8", "{\"a\": {}} | 8",
        "{\"a\": 3} | 0",
        "{\"a\": {\"data_offsets\": [0, 8] | 8", "[] | 0", "not json | 0"})
    void adamagedSafetensorsFileIsNamed(String json, int dataBytes) throws IOException {
        assertThat(safetensors(json, dataBytes)).singleElement().asString().startsWith("m.safetensors: ");
    }

    @Test
    void aHeaderLargerThanTheFileIsAFault() throws IOException {
        Files.write(folder.resolve("m.safetensors"),
                ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN).putLong(Long.MAX_VALUE).array());

        assertThat(ModelStructure.faults(folder::resolve, List.of("m.safetensors"), name -> true)).singleElement()
                .asString()
                .contains("header");
    }

    @Test
    void anIndexWhoseShardIsMissingIsAFaultThatNamesTheShard() throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), """
                {"metadata": {}, "weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}""");
        Files.createDirectories(folder.resolve("sub"));
        List<String> names = List.of("model.safetensors.index.json", "sub/model-2.safetensors");

        List<String> faults = ShardIndex.faults(folder.resolve(names.getFirst()), names::contains);

        assertThat(faults).hasSize(2).anyMatch(fault -> fault.contains("model-1.safetensors"));
    }

    @Test
    void whatWasLeftOutOnPurposeIsNotMissed() throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), """
                {"metadata": {}, "weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}""");
        List<String> names = List.of("model.safetensors.index.json");
        Selection selection = new Selection(List.of(), List.of("model-*.safetensors"));

        assertThat(ModelStructure.faults(folder::resolve, names, selection::wants)).isEmpty();
        assertThat(ModelStructure.faults(folder::resolve, names, name -> true)).hasSize(2);
    }

    private List<String> gguf(int version, long tensors, long offset, int dataBytes) throws IOException {
        ByteBuffer file = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        file.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(version).putLong(tensors).putLong(2);
        string(file, "general.name").putInt(8);
        string(file, "tiny");
        string(file, "tokens").putInt(9).putInt(8).putLong(2);
        string(string(file, "a"), "b");
        string(file, "weight").putInt(1).putLong(8).putInt(0).putLong(offset);
        int data = (file.position() + 31) / 32 * 32;
        Files.write(folder.resolve("m.gguf"), java.util.Arrays.copyOf(file.array(), data + dataBytes));
        return ModelStructure.faults(folder::resolve, List.of("m.gguf"), name -> true);
    }

    private static ByteBuffer string(ByteBuffer file, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return file.putLong(bytes.length).put(bytes);
    }

    @Test
    void ggufFilesAreCheckedToTheirLastTensor() throws IOException {
        assertThat(gguf(3, 1, 0, 32)).isEmpty();
        assertThat(gguf(3, 1, 64, 65)).isEmpty();
        assertThat(gguf(3, 1, 64, 64)).singleElement().asString().contains("last tensor");
        assertThat(gguf(9, 1, 0, 32)).singleElement().asString().contains("version 9");
        assertThat(gguf(3, Long.MAX_VALUE, 0, 32)).singleElement().asString().contains("impossible");
        assertThat(gguf(3, 1000, 0, 32)).singleElement().asString().startsWith("m.gguf");
    }
}
