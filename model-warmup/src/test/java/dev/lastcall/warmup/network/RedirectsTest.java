// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.network;

import java.net.URI;
import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.store.StoreException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RedirectsTest {

    private final Network network = Network.create();

    @AfterEach
    void close() {
        network.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://169.254.169.254/latest/meta-data/iam/security-credentials/r", "http://127.0.0.1/",
        "http://[::1]:9000/", "http://[fd00:ec2::254]/", "http://[::ffff:169.254.169.254]/", "http://localhost/x",
        "http://metadata.google.internal/computeMetadata/v1/", "http://2852039166/", "//169.254.169.254/x",
        "http://user@169.254.169.254/", "http://0xa9fea9fe/", "http://ip-10-0-0-1.ec2.internal/"})
    void aStoreOutsideSendsNoClientInside(String location) {
        assertRefused("http://10.0.0.9/m/model.bin", location, StoreProblem.REFUSED);
    }

    @ParameterizedTest
    @CsvSource({"http://127.0.0.1:1/a,http://localhost:2/b", "http://localhost:1/a,http://[::1]:2/b",
        "http://127.0.0.1:1/a,/b", "http://10.0.0.9/a,http://10.0.0.10/b", "https://10.0.0.9/a,https://8.8.8.8/b?sig=x",
        "http://169.254.7.7/a,http://169.254.7.8/b", "http://a.b.internal/a,http://a.b.internal:81/b"})
    void aStoreMayPointToWhereItIsItself(String configured, String location) throws StoreException {
        assertThat(next(configured, location)).isEqualTo(URI.create(configured).resolve(location));
    }

    @Test
    void aStoreOfThisMachineDoesNotPointToItsCredentials() {
        assertRefused("http://127.0.0.1:9000/a", "http://169.254.169.254/", StoreProblem.REFUSED);
        assertRefused("http://169.254.7.7/a", "http://169.254.169.254/", StoreProblem.REFUSED);
    }

    @Test
    void whatIsNoAddressIsSaidInWords() {
        assertRefused("https://10.0.0.9/a", "http://10.0.0.9/a", StoreProblem.REFUSED);
        assertRefused("http://10.0.0.9/a", "ftp://10.0.0.9/a", StoreProblem.UNSUPPORTED);
        assertRefused("http://10.0.0.9/a", "http://10.0.0.9:77777/a", StoreProblem.UNSUPPORTED);
        assertRefused("http://10.0.0.9/a", "http://", StoreProblem.UNSUPPORTED);
        assertRefused("http://10.0.0.9/a", "::", StoreProblem.UNSUPPORTED);
    }

    private void assertRefused(String configured, String location, StoreProblem problem) {
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> next(configured, location))
                .satisfies(refused -> assertThat(refused.problem()).isEqualTo(problem))
                .withMessageNotContaining("Exception");
    }

    private URI next(String configured, String location) throws StoreException {
        URI from = URI.create(configured);
        return new Redirects(Origin.of(from), network.control()).next("GET " + from, from,
                new ResponseHead(302, Map.of("location", List.of(location))));
    }
}
