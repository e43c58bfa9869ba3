// SPDX-License-Identifier: Apache-2.0
/**
 * Talking to a metadata server: one bounded question, one bounded answer.
 *
 * <p>{@link dev.lastcall.metadata.http.MetadataTransport} is the seam: a blocking call, made on a virtual thread, whose
 * every outcome is a value. {@link dev.lastcall.metadata.http.WebClientTransport} makes it over Vert.x Web Client: a total
 * deadline that ends with the last byte of the body, a cap on the body, HTTP/1.1 with keep-alive, no proxy, no redirects,
 * and a second try where the server had closed the kept connection.
 * {@link dev.lastcall.metadata.http.TokenServer} adds the session token that AWS and Alibaba want.
 */
@NullMarked
package dev.lastcall.metadata.http;

import org.jspecify.annotations.NullMarked;
