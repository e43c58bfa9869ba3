// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * Keeps logback from looking for files of its own when the first logger is made: until {@link Logging#start} nothing is
 * written. Found by logback through the service file, which is why it is public.
 */
public final class QuietStart extends ContextAwareBase implements Configurator {

    /** Called by logback. */
    public QuietStart() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
