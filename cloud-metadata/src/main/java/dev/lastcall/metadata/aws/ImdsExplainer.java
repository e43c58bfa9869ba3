// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.http.Explainer;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;

/** What the metadata service's statuses mean ("Use IMDSv2", "Retrieve instance metadata", EC2 User Guide). */
final class ImdsExplainer implements Explainer {

    private static final String HOP_LIMIT = "from a container the token's answer needs a hop more: set hostNetwork: true, or "
            + "HttpPutResponseHopLimit=2 on the instance; or a policy blocks 169.254.169.254 here";

    @Override
    public MetadataProblem explain(MetadataRequest request, MetadataAnswer answer) {
        MetadataProblem plain = PLAIN.explain(request, answer);
        boolean put = request.method() == MetadataRequest.Method.PUT;
        return switch (answer) {
            case MetadataAnswer.Failed failed -> put && plain.kind() == Kind.TIMEOUT ? hint(plain, HOP_LIMIT) : plain;
            case MetadataAnswer.Response response -> explain(plain, response.status(), put);
        };
    }

    private static MetadataProblem explain(MetadataProblem plain, int status, boolean put) {
        return switch (status) {
            case 400 -> hint(plain, "a parameter is missing or not valid; is this the EC2 metadata service?");
            case 401 -> hint(plain, "it refuses the token, also a new one");
            case 403 ->
                hint(plain, "IMDS is disabled for this instance, the path is wrong, or a proxy added X-Forwarded-For");
            case 404 ->
                put ? hint(plain, "no token path: not the EC2 metadata service, or one without version 2") : plain;
            case 429, 503 -> hint(plain, "it throttles, or is restarting");
            default -> plain;
        };
    }

    private static MetadataProblem hint(MetadataProblem problem, String hint) {
        return Explainer.hint(problem, hint);
    }
}
