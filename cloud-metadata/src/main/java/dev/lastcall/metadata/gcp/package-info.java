// SPDX-License-Identifier: Apache-2.0
/**
 * Notices from the metadata server of Google Compute Engine.
 *
 * <table>
 * <caption>Sources</caption>
 * <tr><th>source</th><th>key under {@code /computeMetadata/v1/}</th><th>asks for the drain</th></tr>
 * <tr><td>{@code gcp-preempted}</td><td>{@code instance/preempted}</td><td>at once</td></tr>
 * <tr><td>{@code gcp-maintenance}</td><td>{@code instance/maintenance-event}</td><td>a termination, at its lead</td></tr>
 * <tr><td>{@code gcp-upcoming-maintenance}</td><td>{@code instance/upcoming-maintenance}</td><td>at its lead</td></tr>
 * <tr><td>{@code gcp-life-cap}</td><td>{@code instance/scheduling/…}</td><td>at its lead before 24 h of age</td></tr>
 * </table>
 *
 * <p>The first two are watched by {@link dev.lastcall.metadata.gcp.KeyWatcher}: a request that the server holds until the
 * value changes, and plain reads beside it, in case the held one is dead without any sign.
 * {@link dev.lastcall.metadata.gcp.GcpSources} puts them together from {@link dev.lastcall.metadata.gcp.GcpSettings}.
 */
@NullMarked
package dev.lastcall.metadata.gcp;

import org.jspecify.annotations.NullMarked;
