// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import javax.xml.stream.XMLStreamException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ListingPageTest {

    @ParameterizedTest
    @ValueSource(strings = {"<ListBucketResult><IsTruncated>false</IsTruncated>", "<html>hello</html>", "", "{}",
        "<a/>",
        "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>m/a</Key></Contents><IsTruncated>false</IsTruncated></ListBucketResult>",
        "<!DOCTYPE x [<!ENTITY e 'm/a'>]><ListBucketResult><Contents><Key>&e;</Key><Size>1</Size></Contents>"
                + "<IsTruncated>false</IsTruncated></ListBucketResult>",
        "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>m/%zz</Key><Size>1</Size></Contents><EncodingType>url</EncodingType>"
                + "<IsTruncated>false</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Contents><Key>m/a</Key><Size>-1</Size></Contents><IsTruncated>false</IsTruncated>"
                + "</ListBucketResult>"})
    void anythingButTheDocumentedListingIsRefused(String text) {
        assertThatThrownBy(() -> ListingPage.parse(text)).isInstanceOf(XMLStreamException.class);
    }

    @Test
    void bombOfEntitiesOfDepthAndOfLengthAreRefused() {
        String bomb = "<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
                + "<ListBucketResult><Name>&b;</Name><IsTruncated>false</IsTruncated></ListBucketResult>";
        String deep = "<ListBucketResult>" + "<a>".repeat(1_000) + "</a>".repeat(1_000) + "</ListBucketResult>";
        String longKey = "<ListBucketResult><Contents><Key>" + "k".repeat(100_000)
                + "</Key><Size>1</Size></Contents><IsTruncated>false</IsTruncated></ListBucketResult>";

        for (String text : new String[]{bomb, deep, longKey}) {
            assertThatThrownBy(() -> ListingPage.parse(text)).isInstanceOf(XMLStreamException.class);
        }
    }

    @Test
    void keysAreDecodedAsTheListingSaysTheyAreEncoded() throws XMLStreamException {
        String page = "<ListBucketResult><Contents><Key>a+b%2Bc%0Ad%F0%9F%98%80</Key><Size>7</Size><Owner><ID>x</ID></Owner>"
                + "</Contents>%s<IsTruncated>false</IsTruncated></ListBucketResult>";

        assertThat(ListingPage.parse(page.replace("%s", "<EncodingType>url</EncodingType>")).objects())
                .containsExactly(new ListingPage.ListedObject("a b+c\nd😀", "a+b+c\nd😀", 7));
        assertThat(ListingPage.parse("<ListBucketResult><Contents><Key>a+b%2B&amp;</Key><Size>7</Size></Contents>"
                + "<IsTruncated>false</IsTruncated></ListBucketResult>").objects())
                .containsExactly(new ListingPage.ListedObject("a+b%2B&", "a+b%2B&", 7));
    }
}
