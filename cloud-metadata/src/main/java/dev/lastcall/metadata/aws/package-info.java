// SPDX-License-Identifier: Apache-2.0
/**
 * Notices from the EC2 instance metadata service, version 2.
 *
 * <table>
 * <caption>Sources</caption>
 * <tr><th>source</th><th>path under {@code /latest/meta-data/}</th><th>asks for the drain</th></tr>
 * <tr><td>{@code aws-spot}</td><td>{@code spot/instance-action}</td><td>at once</td></tr>
 * <tr><td>{@code aws-termination-time}</td><td>{@code spot/termination-time}</td><td>at once</td></tr>
 * <tr><td>{@code aws-rebalance}</td><td>{@code events/recommendations/rebalance}</td><td>only if configured</td></tr>
 * <tr><td>{@code aws-maintenance}</td><td>{@code events/maintenance/scheduled}</td><td>at its lead, per code</td></tr>
 * <tr><td>{@code aws-asg}</td><td>{@code autoscaling/target-lifecycle-state}</td><td>at once; the source is opt-in</td></tr>
 * </table>
 *
 * <p>All of them share one {@link dev.lastcall.metadata.http.TokenServer}. {@link dev.lastcall.metadata.aws.AwsSources} puts
 * them together from {@link dev.lastcall.metadata.aws.AwsSettings}. A body that is not understood is an error and never a
 * notice, but one that says an action and gets its time wrong is acted on: it fails toward the drain.
 */
@NullMarked
package dev.lastcall.metadata.aws;

import org.jspecify.annotations.NullMarked;
