// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class LeaseTest {

    @TempDir
    Path folder;

    private Path path() {
        return folder.resolve("leases/model");
    }

    private void leave(Owner owner) throws Exception {
        Files.createDirectories(path().getParent());
        Files.writeString(path(), owner.text() + "5\n");
    }

    private static Owner owner(long pid, String started, String namespace, String boot) {
        return new Owner("someone", pid, started, namespace, boot);
    }

    @Test
    void onlyOneHoldsItAtATime() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                all.add(pool.submit(() -> {
                    try (Lease lease = Lease.acquire(path())) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        assertThat(lease.isHeld()).isTrue();
                        inside.decrementAndGet();
                    }
                    return null;
                }));
            }
        }
        for (Future<?> each : all) {
            each.get();
        }

        assertThat(most).hasValue(1);
        assertThat(path().getParent()).isEmptyDirectory();
    }

    @Test
    void anOwnerThatIsCertainlyDeadIsFollowedAtOnce() throws Exception {
        Owner self = Owner.current();
        leave(owner(self.pid(), "1970-01-01T00:00:00Z", self.namespace(), self.bootId()));
        long began = System.nanoTime();

        try (Lease lease = Lease.acquire(path(), Duration.ofMinutes(5))) {
            assertThat(lease.isHeld()).isTrue();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void anOwnerElsewhereIsFollowedWhenItsBeatsStop() throws Exception {
        leave(owner(1, "then", "pid:[another]", "another boot"));

        try (Lease lease = Lease.acquire(path(), Duration.ofMillis(300))) {
            assertThat(lease.isHeld()).isTrue();
        }
    }

    @Test
    void whoLostItNotices() throws Exception {
        try (Lease lease = Lease.acquire(path())) {
            leave(owner(1, "then", "pid:[another]", "another boot"));

            assertThat(lease.isHeld()).isFalse();
        }
        assertThat(path()).as("and does not take away what is another's").exists();
    }
}
