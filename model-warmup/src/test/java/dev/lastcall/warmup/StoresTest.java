// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.nio.file.Path;
import java.util.Map;

import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.ScriptedS3;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StoresTest {

    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource({"s3://weights/llama/70b/,S3Store,s3://weights/llama/70b/", "s3://weights,S3Store,s3://weights/",
        "gs:///x,IllegalArgument,", "s3://w/odd/,S3Store,s3://w/odd/", "gs://weights/x,GcsStore,gs://weights/x",
        "hf://org/model,HubStore,hf://org/model",
        "hf://org/model@refs/pr/1,HubStore,hf://org/model@refs/pr/1", "https://h/m/,WebStore,https://h/m/",
        "/mnt/models/a,FolderStore,/mnt/models/a", "file:///mnt/a,FolderStore,/mnt/a"})
    void addressNamesItsStore(String address, String kind, String source) throws Exception {
        try (Network network = Network.create()) {
            Stores stores = new Stores(new Environment(Map.of(), home), network);
            if (kind.equals("IllegalArgument")) {
                assertThatThrownBy(() -> stores.open(address, false)).isInstanceOf(IllegalArgumentException.class);
                return;
            }
            try (Store store = stores.open(address, false)) {
                assertThat(store.getClass().getSimpleName()).isEqualTo(kind);
                assertThat(store.source()).isEqualTo(source);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ftp://h/x", "s3:/weights", "hf://a/b/c", "hf://../x", "models"})
    void refusalOfAnUnknownKindOfAddressListsTheKnownKinds(String address) {
        try (Network network = Network.create()) {
            Stores stores = new Stores(new Environment(Map.of(), home), network);
            assertThatThrownBy(() -> stores.open(address, false)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void everythingElseComesFromTheEnvironment() throws Exception {
        try (ScriptedStore server = new ScriptedStore(); Network network = Network.create()) {
            new ScriptedS3(server).key("AKID", "secret").region("eu-west-1").put("m/a", new byte[10], "e");
            Environment environment = new Environment(
                    Map.of("AWS_ENDPOINT_URL_S3", server.address("").toString(), "AWS_REGION",
                            "eu-west-1", "AWS_ACCESS_KEY_ID", "AKID", "AWS_SECRET_ACCESS_KEY", "secret"),
                    home);
            try (Store store = new Stores(environment, network).open("s3://weights/m", false)) {
                assertThat(store.list(Selection.ALL).files()).hasSize(1);
            }
            assertThat(server.requests()).hasSize(2);
        }
    }
}
