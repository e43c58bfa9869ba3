// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ContentCodingTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"identity|true", "aws-chunked|true", "''|true", "aws-chunked, identity|true",
        "aws-chunked,|true", "gzip|false", "aws-chunked,gzip|false", "AWS-Chunked|true"})
    void someEncodingsChangeNothing(String encoding, boolean isPlain) {
        assertThat(ContentCoding.isPlain(encoding)).isEqualTo(isPlain);
    }
}
