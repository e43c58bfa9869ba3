// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/** The agent's log, to standard error. Started once by the command that runs; closing it writes what still waits. */
public final class Logging implements AutoCloseable {

    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private final LogWriter writer;

    private Logging(LogWriter writer) {
        this.writer = writer;
    }

    /** Writes events as configured from now on. */
    public static Logging start(LogSettings config, Map<String, String> environment) {
        return start(config, environment, new FileOutputStream(FileDescriptor.err));
    }

    static Logging start(LogSettings config, Map<String, String> environment, OutputStream out) {
        LogWriter writer = new LogWriter(out);
        boolean traces = config.level() == LogSettings.Level.DEBUG;
        LogLine line = switch (config.format()) {
            case TEXT -> new TextLine(head(environment), traces);
            case JSON -> new JsonLine(traces);
        };
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.setLevel(Level.WARN);
        context.getLogger("dev.lastcall").setLevel(level(config.level()));
        LineAppender appender = new LineAppender(line, writer);
        appender.setContext(context);
        appender.start();
        root.addAppender(appender);
        return new Logging(writer);
    }

    private static Level level(LogSettings.Level level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
        };
    }

    private static TextLine.Head head(Map<String, String> environment) {
        if (isJournal(environment.getOrDefault("JOURNAL_STREAM", ""))) {
            return TextLine.Head.JOURNAL;
        }
        return environment.getOrDefault("NO_COLOR", "").isEmpty() && isTerminal()
                ? TextLine.Head.COLOUR
                : TextLine.Head.PLAIN;
    }

    /** Whether standard error is the very stream that systemd.exec(5) says it connected to the journal. */
    private static boolean isJournal(String deviceAndInode) {
        try {
            return !deviceAndInode.isEmpty()
                    && deviceAndInode.equals(Files.getAttribute(STANDARD_ERROR, "unix:dev") + ":"
                            + Files.getAttribute(STANDARD_ERROR, "unix:ino"));
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    /** Writes the lines that still wait, within a bound. */
    @Override
    public void close() {
        writer.close();
    }

    /** Hands each event's line to the writer. */
    private static final class LineAppender extends AppenderBase<ILoggingEvent> {
        private final LogLine line;
        private final LogWriter writer;

        LineAppender(LogLine line, LogWriter writer) {
            this.line = line;
            this.writer = writer;
            setName("standard error");
        }

        @Override
        protected void append(ILoggingEvent event) {
            writer.write(line.of(event));
        }
    }
}
