// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

class LogWriterTest {

    @Test
    @Timeout(20)
    void stalledReaderNeverBlocksWhoLogs() {
        CountDownLatch reads = new CountDownLatch(1);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        LogWriter writer = new LogWriter(new StallingStream(reads, written));

        for (int i = 0; i < LogWriter.QUEUE_LINES + 500; i++) {
            writer.write("line " + i);
        }
        reads.countDown();
        writer.close();

        assertThat(written.toString(StandardCharsets.UTF_8)).startsWith("line 0\n").contains("log lines were dropped");
    }

    @Test
    @Timeout(20)
    void closeIsBoundedEvenWithoutAReader() {
        LogWriter writer = new LogWriter(new StallingStream(new CountDownLatch(1), new ByteArrayOutputStream()));
        writer.write("line");

        writer.close();
    }

    /** Takes nothing until it is let go. */
    private static final class StallingStream extends OutputStream {
        private final CountDownLatch reads;
        private final ByteArrayOutputStream written;

        StallingStream(CountDownLatch reads, ByteArrayOutputStream written) {
            this.reads = reads;
            this.written = written;
        }

        @Override
        public void write(int b) {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            boolean interrupted = false;
            while (true) {
                try {
                    reads.await();
                    break;
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
            written.write(bytes, from, length);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
