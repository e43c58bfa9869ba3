// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import java.net.URI;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Who asks what of whom.
 *
 * @param endpoint an OpenAI-shaped completion endpoint, such as {@code http://127.0.0.1:8080/v1/completions}
 * @param model the model's name in the requests
 * @param streaming clients that ask for streams
 * @param plain clients that ask for whole answers
 * @param fewestTokens the least that one request asks for; at least 1
 * @param mostTokens the most that one request asks for
 * @param silence a request that has had no byte for so long has hung
 * @param routed whether requests are sent here at the moment; false is a load balancer that has taken the node out
 * @param cutting whether the cut has begun, which is what makes a half-sent body that breaks off honest
 */
public record LoadPlan(URI endpoint, String model, int streaming, int plain, int fewestTokens, int mostTokens,
        Duration silence, BooleanSupplier routed, BooleanSupplier cutting) {

    /** Clients that a load has at most; every client is a connection and a virtual thread. */
    public static final int MAX_CLIENTS = 1_000;

    public LoadPlan {
        if (!"http".equals(endpoint.getScheme()) || endpoint.getHost() == null) {
            throw new IllegalArgumentException("endpoint " + endpoint + ": needs http://HOST[:PORT]/PATH");
        }
        if (streaming < 0 || plain < 0 || streaming + plain < 1 || streaming + plain > MAX_CLIENTS) {
            throw new IllegalArgumentException(
                    streaming + " streaming and " + plain + " plain clients: together 1 to " + MAX_CLIENTS);
        }
        if (fewestTokens < 1 || mostTokens < fewestTokens) {
            throw new IllegalArgumentException("tokens " + fewestTokens + " to " + mostTokens + ": at least 1");
        }
    }

    /** Clients of {@code endpoint} that are always routed there and have heard of no cut. */
    public static LoadPlan against(URI endpoint, int streaming, int plain) {
        return new LoadPlan(endpoint, "default", streaming, plain, 32, 96, Duration.ofSeconds(30), () -> true,
                () -> false);
    }

    /** The same with this model's name. */
    public LoadPlan withModel(String name) {
        return new LoadPlan(endpoint, name, streaming, plain, fewestTokens, mostTokens, silence, routed, cutting);
    }

    /** The same with requests of {@code fewest} to {@code most} tokens. */
    public LoadPlan withTokens(int fewest, int most) {
        return new LoadPlan(endpoint, model, streaming, plain, fewest, most, silence, routed, cutting);
    }

    /** The same, calling a request hung after {@code bound} without a byte. */
    public LoadPlan withSilence(Duration bound) {
        return new LoadPlan(endpoint, model, streaming, plain, fewestTokens, mostTokens, bound, routed, cutting);
    }

    /** The same, sending only while {@code here} says so. */
    public LoadPlan withRouted(BooleanSupplier here) {
        return new LoadPlan(endpoint, model, streaming, plain, fewestTokens, mostTokens, silence, here, cutting);
    }

    /** The same, knowing from {@code begun} whether the cut has begun. */
    public LoadPlan withCutting(BooleanSupplier begun) {
        return new LoadPlan(endpoint, model, streaming, plain, fewestTokens, mostTokens, silence, routed, begun);
    }
}
