// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
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
                    try (Lease lease = Lease.acquire(path(), Links.HARD)) {
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

        try (Lease lease = Lease.acquire(path(), Duration.ofMinutes(5), Links.HARD)) {
            assertThat(lease.isHeld()).isTrue();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void anOwnerElsewhereIsFollowedWhenItsBeatsStop() throws Exception {
        leave(owner(1, "then", "pid:[another]", "another boot"));

        try (Lease lease = Lease.acquire(path(), Duration.ofMillis(300), Links.HARD)) {
            assertThat(lease.isHeld()).isTrue();
        }
    }

    @Test
    void whereHardLinksAreRefusedOnlyOneHoldsItToo() throws Exception {
        Links refused = (name, existing) -> {
            throw new UnsupportedOperationException("no links here");
        };
        try (Lease lease = Lease.acquire(path(), refused)) {
            assertThat(lease.isHeld()).isTrue();
            assertThat(Lease.tryAcquire(path(), refused)).isEmpty();
        }
        assertThat(path().getParent()).isEmptyDirectory();
    }

    @Test
    void aDeadOwnersLeaseIsNoneAndASleepersIsNoneWhenItsBeatsStop() throws Exception {
        Owner self = Owner.current();
        LeaseFile file = new LeaseFile(path());
        leave(owner(self.pid(), "1", self.namespace(), self.bootId()));
        assertThat(file.isLive(Duration.ofHours(1))).as("the process with that number began later").isFalse();

        leave(owner(1, "then", "pid:[another]", "another boot"));
        assertThat(file.isLive(Duration.ofHours(1))).as("it may be alive elsewhere").isTrue();
        assertThat(Lease.tryAcquire(path(), Links.HARD)).isEmpty();

        Files.setLastModifiedTime(path(), FileTime.from(Instant.now().minusSeconds(60)));
        assertThat(file.isLive(Lease.EXPIRY)).as("its beats have stopped").isFalse();
        try (Lease lease = Lease.tryAcquire(path(), Links.HARD).orElseThrow()) {
            assertThat(lease.isHeld()).isTrue();
        }
    }

    @Test
    void ourOwnProcessIsAliveHoweverTheClockIsSet() throws Exception {
        assertThat(Owner.current().isCertainlyDead()).isFalse();
        assertThat(Owner.current().started()).as("ticks since boot").matches("\\d+");
    }

    @Test
    void whatIsReservedCanBeReadByOthers() throws Exception {
        try (Lease lease = Lease.acquire(path(), Links.HARD)) {
            lease.reserve(() -> 140_000_000_000L);

            assertThat(new LeaseFile(path()).reservedBytes()).isEqualTo(140_000_000_000L);
            assertThat(lease.isHeld()).isTrue();
        }
    }

    @Test
    void whoLostItNotices() throws Exception {
        try (Lease lease = Lease.acquire(path(), Links.HARD)) {
            leave(owner(1, "then", "pid:[another]", "another boot"));

            assertThat(lease.isHeld()).isFalse();
        }
        assertThat(path()).as("and does not take away what is another's").exists();
    }
}
