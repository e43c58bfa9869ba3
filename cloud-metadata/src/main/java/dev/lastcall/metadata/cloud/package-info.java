// SPDX-License-Identifier: Apache-2.0
/**
 * Which cloud this is ({@link dev.lastcall.metadata.cloud.CloudDetector}), and the sources that belong to it
 * ({@link dev.lastcall.metadata.cloud.Sources}): where a program that uses this library begins.
 *
 * {@snippet :
 * NodeClock clock = NodeClock.system();
 * WebClientTransport transport = new WebClientTransport(vertx, clock);
 * NoticeBoard board = new NoticeBoard(clock, List.of(event -> drain.on(event)));
 * BoardTicker ticker = new BoardTicker(board, clock);
 * Sources sources = new Sources(transport, clock, new Random(), Path.of("/"));
 * Cloud cloud = new CloudDetector(transport, Path.of("/")).detect().cloud();
 * for (NoticeSource source : sources.forCloud(cloud, SourceSettings.defaults()).all()) {
 *     board.expect(source);
 *     source.start(board);
 * }
 * ticker.start();
 * }
 */
@NullMarked
package dev.lastcall.metadata.cloud;

import org.jspecify.annotations.NullMarked;
