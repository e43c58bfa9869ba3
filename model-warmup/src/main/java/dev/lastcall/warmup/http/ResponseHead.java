// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Status and header fields of a response.
 *
 * @param status three digits
 * @param fields values by lower-case name, in the order of arrival
 */
public record ResponseHead(int status, Map<String, List<String>> fields) {

    /** Copies. */
    public ResponseHead {
        fields = Map.copyOf(fields);
    }

    /** The first value of the field. */
    public Optional<String> field(String name) {
        return all(name).stream().findFirst();
    }

    /** Every value of the field. */
    public List<String> all(String name) {
        return fields.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }
}
