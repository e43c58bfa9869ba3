// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AwsJsonTest {

    private static AwsCredentials parse(String more) throws CredentialException {
        return AwsJson.parse("{\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"s\"" + more + "}", "test");
    }

    /** Servers on a node hand out keys that last; the clouds' own tools take them. */
    @ParameterizedTest
    @ValueSource(strings = {"", ",\"Token\":\"\",\"Expiration\":\"\"", ",\"Token\":null,\"Expiration\":null"})
    void aKeyNeedsNeitherATokenNorAnEnd(String more) throws CredentialException {
        AwsCredentials key = parse(more);

        assertThat(key.accessKeyId()).isEqualTo("AKID");
        assertThat(key.sessionToken()).isEmpty();
        assertThat(key.expiration()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {",\"Token\":\"two\\nlines\"", ",\"Expiration\":\"soon\""})
    void whatIsThereMustBeUsable(String more) {
        assertThatThrownBy(() -> parse(more)).isInstanceOf(CredentialException.class);
    }
}
