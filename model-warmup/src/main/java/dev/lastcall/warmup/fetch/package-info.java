// SPDX-License-Identifier: Apache-2.0
/**
 * The engine: brings listed files whole onto the local disk, as fast as the store, the network and the disk allow, in
 * bounded memory, and so that a kill at any instant costs only the parts that were in the air.
 *
 * <p>A file is cut into a fixed grid of parts. Data workers, one platform thread, one connection and one buffer each, take
 * runs of adjacent parts, read each run by one ranged request and write the bytes in place. One thread supervises:
 * connections that stall, the number of connections, write-back. Others hash what needs its bytes in order, and hand over
 * what is whole. Workers are never interrupted, since that would close the file under all of them; they are asked to stop
 * and their connections are closed.
 */
@NullMarked
package dev.lastcall.warmup.fetch;

import org.jspecify.annotations.NullMarked;
