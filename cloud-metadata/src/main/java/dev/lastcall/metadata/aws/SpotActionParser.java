// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.util.Locale;

import dev.lastcall.metadata.http.JsonBody;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.time.ProviderTimes;
import tools.jackson.databind.JsonNode;

/**
 * Reads {@code spot/instance-action}: {@code {"action": "stop", "time": "2017-09-18T08:22:00Z"}} ("Spot Instance
 * interruption notices", EC2 User Guide).
 *
 * <p>The path exists only when an interruption is coming. So an object that names an action is believed, whatever the word
 * and whether or not its time can be read. Anything less is an error page, a proxy's word, or an answer cut short.
 */
final class SpotActionParser {

    private SpotActionParser() {}

    static SpotAction parse(String body) throws MalformedAnswerException {
        JsonNode object = JsonBody.object(body);
        String action = JsonBody.text(object, "action")
                .orElseThrow(() -> new MalformedAnswerException("an object that names no action"));
        return new SpotAction(action.toLowerCase(Locale.ROOT),
                JsonBody.text(object, "time").flatMap(ProviderTimes::parse).orElse(null));
    }
}
