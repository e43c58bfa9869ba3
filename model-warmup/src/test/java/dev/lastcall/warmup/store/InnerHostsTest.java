// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class InnerHostsTest {

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST.", "a.localhost", "metadata.google.internal", "127.0.0.1", "127.1",
        "0.0.0.0", "0",
        "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "0xa9.254.169.254", "::1",
        "fd00:ec2::254",
        "::ffff:169.254.169.254"})
    void nodeItselfIsKnownHoweverItIsWritten(String host) {
        assertThat(InnerHosts.isInner(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3.eu-west-1.amazonaws.com", "10.0.0.7", "192.168.1.1", "minio", "cdn-lfs.huggingface.co",
        "a1.b2",
        "internal.example.com", "deadbeef"})
    void storesAreNot(String host) {
        assertThat(InnerHosts.isInner(host)).isFalse();
    }
}
