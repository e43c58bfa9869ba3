// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.lifecycle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class CloseStackTest {

    private final List<String> closed = new ArrayList<>();
    private final CloseStack stack = new CloseStack();
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();

    @BeforeEach
    void listen() {
        written.start();
        logger().setLevel(Level.WARN);
        logger().addAppender(written);
    }

    @AfterEach
    void listenNoMore() {
        logger().detachAppender(written);
        logger().setLevel(null);
        assertThat(Thread.interrupted()).as("no test leaves the thread interrupted").isFalse();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(CloseStack.class);
    }

    @Test
    void theLastPartIsClosedFirst() {
        stack.push("loops", () -> closed.add("loops"));
        stack.push("client", () -> closed.add("client"));
        stack.push("api", () -> closed.add("api"));

        stack.close();

        assertThat(closed).containsExactly("api", "client", "loops");
        assertThat(written.list).isEmpty();
    }

    @Test
    void aPartThatFailsIsReportedAndKeepsNoOtherOpen() {
        stack.push("loops", () -> closed.add("loops"));
        stack.push("socket", () -> {
            throw new IOException("it is gone");
        });
        stack.push("gate", () -> {
            throw new AssertionError("a fault");
        });
        stack.push("api", () -> closed.add("api"));

        stack.close();

        assertThat(closed).containsExactly("api", "loops");
        assertThat(written.list).extracting(event -> event.getKeyValuePairs().getFirst().value)
                .containsExactly("gate", "socket");
    }

    @Test
    void anInterruptIsKeptForTheCaller() {
        stack.push("loops", () -> closed.add("loops"));
        stack.push("drains", () -> {
            throw new InterruptedException();
        });

        stack.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(closed).containsExactly("loops");
    }

    @Test
    void eachPartIsClosedOnce() {
        stack.push("loops", () -> closed.add("loops"));

        stack.close();
        stack.close();

        assertThat(closed).containsExactly("loops");
    }

    @Test
    void aPartThatComesAfterTheEndIsClosedAtOnce() {
        stack.close();

        stack.push("watchdog", () -> closed.add("watchdog"));

        assertThat(closed).containsExactly("watchdog");
    }
}
