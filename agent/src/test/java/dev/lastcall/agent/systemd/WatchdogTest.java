// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class WatchdogTest {

    @TempDir
    Path directory;

    @Test
    void systemdHearsOfHealthOnlyWhileEveryPartDoesItsWork() {
        var hangs = new AtomicBoolean();
        var refused = new AtomicInteger();
        Executor hanging = task -> {
            if (hangs.get()) {
                refused.incrementAndGet();
            } else {
                task.run();
            }
        };
        try (FakeSystemd systemd = FakeSystemd.on(directory.resolve("notify").toString());
                Watchdog _ = Watchdog.start(manager(systemd),
                        List.of(new Watchdog.Part("sound", Runnable::run), new Watchdog.Part("gate loop", hanging)),
                        NodeClock.system(), LoopObserver.NONE)) {
            systemd.await("WATCHDOG=1");
            hangs.set(true);
            Awaitility.await().until(() -> refused.get() >= 1);
            int before = systemd.words().size();
            Awaitility.await().until(() -> refused.get() >= 4);

            assertThat(systemd.words()).hasSizeLessThanOrEqualTo(before + 1);

            hangs.set(false);
            Awaitility.await().until(() -> systemd.words().size() > before + 1);
        }
    }

    private static ServiceManager manager(FakeSystemd systemd) {
        return ServiceManager.of(Map.of("NOTIFY_SOCKET", systemd.address(), "WATCHDOG_USEC", "300000"));
    }
}
