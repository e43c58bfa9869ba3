// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** What holds for a gate without TLS holds for one with it: the same tests, by TLS. */
class GateOverTlsTest {

    @BeforeAll
    static void begin() {
        TestTls.everywhere(true);
    }

    @AfterAll
    static void end() {
        TestTls.everywhere(false);
    }

    @Nested
    class Proxy extends GateProxyTest {}

    @Nested
    class Bounds extends GateBoundsTest {}

    @Nested
    class Cutting extends GateCutTest {}

    @Nested
    class End extends GateEndTest {}

    @Nested
    class Refusing extends GateRefusalTest {}

    @Nested
    class OwnBytes extends GateOwnBytesTest {}

    @Nested
    class UpstreamFailure extends GateUpstreamFailureTest {}

    @Nested
    class WebSocket extends GateWebSocketTest {}

    @Nested
    class Http2 extends GateHttp2Test {}

    @Nested
    class Http2Door extends GateHttp2DoorTest {}
}
