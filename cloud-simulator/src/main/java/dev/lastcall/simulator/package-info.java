// SPDX-License-Identifier: Apache-2.0
/**
 * A scripted stand-in for the metadata servers of AWS, Google Cloud and Azure, for tests and game days.
 *
 * <p>A {@link dev.lastcall.simulator.script.Timeline} says which keys hold what at which second, and when and how the server
 * fails; a {@link dev.lastcall.simulator.Simulator} plays it on a real port, with the semantics of the cloud that it
 * simulates: AWS's session tokens, Google's hanging GETs and ETags, Azure's document incarnations and start
 * requests. The clients of those clouds take it for the real thing; its own tests hold it to that. Faults are real on
 * the wire: a reset is a TCP reset, a refused connection finds no listener, a stalled body stops half way.
 *
 * <pre>{@code
 * Timeline timeline = Timeline.builder()
 *         .at(ofSeconds(10)).set("spot/instance-action", Value.fields("action", "terminate", "time", "in 120s"))
 *         .fault(Fault.between(ofSeconds(5), ofSeconds(8), new Effect.Status(503)).onPath("spot/instance-action"))
 *         .build();
 *
 * try (Simulator simulator = Simulator.aws(timeline).manual().start()) {
 *     // point the client at simulator.endpoint()
 *     simulator.at(ofSeconds(10));           // the notice is there now, not a moment earlier
 *     simulator.requests();                  // who asked what, when, and what became of it
 * }
 * }</pre>
 *
 * <p>Without {@code manual()} the timeline runs by itself, in real time or faster by {@code speed(4)}. The same scripts
 * can be written in YAML and read with {@link dev.lastcall.simulator.script.Script#read}; {@code docs/simulate.md} describes
 * the form, and {@link dev.lastcall.simulator.script.Script#EXAMPLES} names the ones that come with this package.
 *
 * <p>Each simulator has one event-loop thread, to which its state is confined, and one thread that accepts; any number
 * of them run in one process, and {@code close()} releases threads, connections and port. Nothing here is meant to face
 * an untrusted network, yet every input is bounded: lines, headers, bodies, connections, tokens, recorded requests. The
 * package depends on Netty and Jackson and on nothing else of Lastcall. It does not log.
 */
@NullMarked
package dev.lastcall.simulator;

import org.jspecify.annotations.NullMarked;
