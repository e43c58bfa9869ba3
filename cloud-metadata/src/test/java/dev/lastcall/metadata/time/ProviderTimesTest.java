// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.time;

import java.time.Instant;
import java.util.Locale;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProviderTimesTest {

    @ParameterizedTest
    @ValueSource(strings = {"2017-09-18T08:22:00Z", "2017-09-18t08:22:00z", "2017-09-18T08:22:00.000Z",
        "2017-09-18T08:22:00+00:00",
        "2017-09-18T01:22:00-07:00", "2017-09-18T01:22:00-0700", " 2017-09-18T08:22:00Z\n", "2017-09-18T08:22Z",
        "Mon, 18 Sep 2017 08:22:00 GMT", "18 Sep 2017 08:22:00 GMT", "Monday, 18 Sep 2017 08:22:00 UTC",
        "Tue, 18 Sep 2017 08:22:00 GMT"})
    void readsEveryNotationOfTheClouds(String text) {
        assertThat(ProviderTimes.parse(text)).contains(Instant.parse("2017-09-18T08:22:00Z"));
    }

    @Test
    void readsADayOfOneDigitAndAFraction() {
        assertThat(ProviderTimes.parse("1 Sep 2019 09:00:43 GMT")).contains(Instant.parse("2019-09-01T09:00:43Z"));
        assertThat(ProviderTimes.parse("2019-09-01T09:00:43.25Z")).contains(Instant.parse("2019-09-01T09:00:43.250Z"));
    }

    @Test
    void readsTheSameWhateverTheLocale() {
        Locale before = Locale.getDefault();
        try {
            for (Locale locale : new Locale[]{Locale.UK, Locale.GERMANY, Locale.forLanguageTag("tr"),
                Locale.forLanguageTag("ar")}) {
                Locale.setDefault(locale);
                assertThat(ProviderTimes.parse("Mon, 19 Sep 2016 18:29:47 GMT"))
                        .contains(Instant.parse("2016-09-19T18:29:47Z"));
                assertThat(ProviderTimes.parse("2016-09-19t18:29:47z")).contains(Instant.parse("2016-09-19T18:29:47Z"));
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "soon", "2017-13-18T08:22:00Z", "2017-09-18", "2017-09-18T08:22:00",
        "+999999999-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "<html>", "0", "null", "31 Feb 2019 09:00:43 GMT"})
    void anythingElseIsNoTime(String text) {
        assertThat(ProviderTimes.parse(text)).isEmpty();
    }

    @Property(tries = 2_000)
    void neverThrows(@ForAll String text) {
        assertThat(ProviderTimes.parse(text)).satisfiesAnyOf(time -> assertThat(time).isEmpty(),
                time -> assertThat(time.orElseThrow()).isBefore(Instant.parse("2200-01-01T00:00:00Z")));
    }
}
