// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.Reclamation;
import dev.lastcall.metadata.RetryPolicy;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts events to one URL. The caller does not wait: each event is sent, and sent again while that is worth it, on a virtual
 * thread of its own. Thread-safe. The token appears in no log line.
 */
public final class Webhook implements NoticeEvent.Listener, AutoCloseable {

    /** Tries of one event; with the pauses below they take about a minute. */
    static final int MAX_TRIES = 6;

    /** Events under way at a time; one more is given up. */
    static final int MAX_UNDER_WAY = 32;

    private static final Duration BOUND = Duration.ofSeconds(5);
    private static final RetryPolicy RETRIES = new RetryPolicy(Duration.ofMillis(750), Duration.ofSeconds(12));
    private static final Logger log = LoggerFactory.getLogger(Webhook.class);

    private final HttpClient client;
    private final WebhookSettings settings;
    private final String node;
    private final NodeClock clock;
    private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);

    /**
     * @param vertx owns the sockets; stays open when this is closed
     * @param node this node's name
     */
    public Webhook(Vertx vertx, WebhookSettings settings, String node, NodeClock clock) {
        this.client = vertx.createHttpClient(new HttpClientOptions().setKeepAlive(false)
                .setConnectTimeout((int) BOUND.toMillis()), new PoolOptions().setHttp1MaxSize(2));
        this.settings = settings;
        this.node = node;
        this.clock = clock;
    }

    @Override
    public void on(NoticeEvent event) {
        switch (event) {
            case NoticeEvent.Noticed(Reclamation reclamation, boolean restored) -> {
                if (!restored) {
                    tell(CloudEvent.of(CloudEvent.NOTICED, node, reclamation, clock));
                }
            }
            case NoticeEvent.DeadlineMoved(Reclamation reclamation) -> tell(
                    CloudEvent.of(CloudEvent.DEADLINE_MOVED, node, reclamation, clock));
            case NoticeEvent.Withdrawn(Reclamation reclamation) -> tell(
                    CloudEvent.of(CloudEvent.WITHDRAWN, node, reclamation, clock));
            case NoticeEvent.Advised _,NoticeEvent.AdviceCleared _ -> {
            }
        }
    }

    /** A server's drain has ended. */
    public void drained(String server, String outcome, Instant detectedAt) {
        tell(CloudEvent.drained(node, server, outcome, detectedAt, clock));
    }

    private void tell(CloudEvent event) {
        if (!underWay.tryAcquire()) {
            log.atWarn().addKeyValue("event", event.type()).log("an event was given up: too many are under way");
            return;
        }
        Thread.ofVirtual().name("webhook").start(() -> {
            try {
                send(event);
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
            } finally {
                underWay.release();
            }
        });
    }

    private void send(CloudEvent event) throws InterruptedException {
        String problem = "";
        for (int tries = 1; tries <= MAX_TRIES; tries++) {
            problem = attempt(event);
            if (problem.isEmpty()) {
                return;
            }
            if (tries < MAX_TRIES) {
                clock.sleep(RETRIES.after(tries));
            }
        }
        log.atWarn()
                .addKeyValue("event", event.type())
                .addKeyValue("host", settings.url().getHost())
                .addKeyValue("reason", problem)
                .log("the event was not delivered to the webhook; check its receiver, and webhook.url");
    }

    /** One attempt; empty where it was taken, else why not. */
    private String attempt(CloudEvent event) {
        var options = new RequestOptions().setMethod(HttpMethod.POST)
                .setAbsoluteURI(settings.url().toString())
                .setFollowRedirects(false)
                .putHeader("Content-Type", "application/cloudevents+json; charset=utf-8")
                .putHeader("User-Agent", "lastcall");
        settings.token().ifPresent(secret -> options.putHeader("Authorization", secret.bearer()));
        try {
            int status = client.request(options)
                    .compose(request -> request.send(event.json())
                            .timeout(BOUND.toMillis(), TimeUnit.MILLISECONDS)
                            .onFailure(e -> request.reset()))
                    .map(Webhook::status)
                    .await(BOUND.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
            return status / 100 == 2 ? "" : "it answered " + status;
        } catch (Exception broken) { // await() throws what the exchange failed with, checked or not
            return broken.getClass().getSimpleName() + " " + broken.getMessage();
        }
    }

    /** The status is all that counts: a body, which could be without end, is not read. */
    private static int status(HttpClientResponse response) {
        response.request().reset();
        return response.statusCode();
    }

    @Override
    public void close() {
        client.close();
    }
}
