// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.time.Duration;

import dev.lastcall.metadata.cloud.Cloud;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;
import dev.lastcall.simulator.Simulator;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;
import dev.lastcall.simulator.wire.RecordedRequest;

/** A simulated cloud that takes the node back on request. */
enum ReclaimedCloud {

    /** Read once a second. */
    AWS(Cloud.AWS) {
        @Override
        Simulator simulator() {
            return Simulator.aws(Timeline.builder()
                    .at(NOTICE)
                    .set("spot/instance-action", Value.fields("action", "terminate", "time", "in 120s"))
                    .set("spot/termination-time", "in 120s")
                    .build()).manual().start();
        }

        @Override
        boolean watches(RecordedRequest request) {
            return request.path().endsWith("/spot/instance-action")
                    && request.outcome() instanceof RecordedRequest.Outcome.Answered(int status) && status == 404;
        }

        @Override
        boolean isNotice(MetadataRequest request, MetadataAnswer.Response answer) {
            return request.path().contains("/spot/") && answer.status() == 200;
        }
    },

    /** Watched by a request that the server holds until the value changes. */
    GCP(Cloud.GCP) {
        @Override
        Simulator simulator() {
            return Simulator
                    .gcp(Timeline.builder().at(NOTICE).set("instance/preempted", new Value.Bool(true)).build())
                    .manual()
                    .start();
        }

        @Override
        boolean watches(RecordedRequest request) {
            return request.target().contains("/instance/preempted?") && request.target().contains("last_etag=")
                    && request.outcome() instanceof RecordedRequest.Outcome.Pending;
        }

        @Override
        boolean isNotice(MetadataRequest request, MetadataAnswer.Response answer) {
            return request.path().contains("/instance/preempted") && answer.body().strip().equals("TRUE");
        }
    };

    /** Where on its timeline, which moves only on request, the notice can be seen. */
    static final Duration NOTICE = Duration.ofSeconds(1);

    private final Cloud provider;

    ReclaimedCloud(Cloud provider) {
        this.provider = provider;
    }

    Cloud provider() {
        return provider;
    }

    /** Starts its metadata server. */
    abstract Simulator simulator();

    /** Whether this request shows that a source watches for the notice. */
    abstract boolean watches(RecordedRequest request);

    /** Whether this answer brings the notice. */
    abstract boolean isNotice(MetadataRequest request, MetadataAnswer.Response answer);
}
