// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.lastcall.agent.server.ServerKind;

/**
 * Finds the inference servers of a node that are not in the configuration: looks at the ports that they listen on by default.
 * Only what is recognised counts, since another program may well listen on 8080. Thread-safe.
 */
public final class ServerDiscovery {

    /** vLLM, Triton, TensorRT-LLM, Ray Serve and Dynamo 8000; llama-server 8080. */
    public static final List<Integer> PORTS = List.of(8000, 8080);

    private final KindRecognizer recognizer;
    private final Map<Integer, Patience> patiences = new ConcurrentHashMap<>(); // each of the look at its port

    /** @param recognizer asks each port */
    public ServerDiscovery(KindRecognizer recognizer) {
        this.recognizer = recognizer;
    }

    /** A server that was found. */
    public record Found(URI url, ServerKind kind, String evidence) {}

    /**
     * Looks at these ports of 127.0.0.1, all at once; what is found, in their order. One whose server is like no kind is
     * asked a few times and then no more. Blocks for some seconds at most; called by one thread at a time.
     */
    public List<Found> find(List<Integer> ports) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Optional<Found>>> looks = ports.stream()
                    .<Callable<Optional<Found>>>map(port -> () -> at(port))
                    .toList();
            return threads.invokeAll(looks).stream().map(ServerDiscovery::result).flatMap(Optional::stream).toList();
        }
    }

    private Optional<Found> at(int port) {
        Patience patience = patiences.computeIfAbsent(port, _ -> new Patience());
        if (!patience.isLeft()) {
            return Optional.empty();
        }
        URI url = URI.create("http://127.0.0.1:" + port);
        Recognition recognition = recognizer.recognize(Access.open(url));
        patience.after(recognition);
        return recognition instanceof Recognition.Recognised(ServerKind kind, String evidence)
                ? Optional.of(new Found(url, kind, evidence))
                : Optional.empty();
    }

    private static Optional<Found> result(Future<Optional<Found>> look) {
        try {
            return look.get();
        } catch (ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
