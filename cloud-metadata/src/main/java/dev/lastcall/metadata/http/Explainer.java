// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.ProviderText;

/** Says why an answer is of no use, in the terms of one metadata server. */
@FunctionalInterface
public interface Explainer {

    /** Characters of a body that a message quotes. */
    int QUOTED = 60;

    /** Why {@code answer} to {@code request} is of no use, and where it is known, the remedy. */
    MetadataProblem explain(MetadataRequest request, MetadataAnswer answer);

    /** What HTTP itself says. */
    Explainer PLAIN = (request, answer) -> switch (answer) {
        case MetadataAnswer.Failed failed -> failed.problem();
        case MetadataAnswer.Response response -> new MetadataProblem(kindOf(response.status()),
                request + ": " + response.status() + quote(response.body()));
    };

    /** The class of failure that a status means; one that is none of the known failures breaks the contract. */
    static Kind kindOf(int status) {
        if (status == 401 || status == 403) {
            return Kind.DENIED;
        }
        return status == 429 || status >= 500 ? Kind.SERVER_ERROR : Kind.MALFORMED;
    }

    /** The beginning of a body, as messages quote it. */
    static String quote(String body) {
        String stripped = body.strip();
        return stripped.isEmpty() ? " without a body" : " '" + ProviderText.printable(stripped, QUOTED) + "'";
    }

    /** {@code problem} with a hint behind its message. */
    static MetadataProblem hint(MetadataProblem problem, String hint) {
        return new MetadataProblem(problem.kind(), problem.message() + "; " + hint);
    }
}
