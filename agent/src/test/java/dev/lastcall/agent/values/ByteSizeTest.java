// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.values;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({"0B,0", "512B,512", "64KiB,65536", "8MiB,8388608", "1GiB,1073741824", "2TiB,2199023255552"})
    void readsWhatPeopleWrite(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "8", "8MB", "8 MiB", "-1B", "1.5GiB", "MiB", "99999999999999999TiB"})
    void refusesWhatIsNone(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse(text));
    }

    @Property(tries = 300)
    void readsBackWhatItWrites(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 16) long bytes) {
        ByteSize size = new ByteSize(bytes);

        assertThat(ByteSize.parse(size.toString())).isEqualTo(size);
    }
}
