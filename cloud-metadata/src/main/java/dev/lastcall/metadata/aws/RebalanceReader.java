// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.util.List;
import java.util.Set;

import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.poll.NoticeReader;
import dev.lastcall.metadata.time.CalculatedDeadline;
import dev.lastcall.metadata.time.DeadlineCalculator;

/** Makes the notice of a rebalance recommendation: advisory, or final with a configured window. */
final class RebalanceReader implements NoticeReader {

    private final NoticeKey key;
    private final AwsSettings.Rebalance policy;
    private final DeadlineCalculator deadlineCalculator = new DeadlineCalculator();

    RebalanceReader(String source, AwsSettings.Rebalance policy) {
        this.key = NoticeKey.of(source, NoticeKind.REBALANCE);
        this.policy = policy;
    }

    @Override
    public List<Notice> read(MetadataAnswer.Response response) throws MalformedAnswerException {
        String said = "EC2 sees a heightened risk of interruption since " + RebalanceParser.parse(response.body());
        if (!policy.drains()) {
            return List.of(new Notice(key, Finality.ADVISORY, null, said));
        }
        CalculatedDeadline calculatedDeadline = deadlineCalculator.calculateWindow("rebalance", response.at(),
                policy.window(), "window as configured");
        return List
                .of(new Notice(key, Finality.FINAL, calculatedDeadline.deadline(), calculatedDeadline.describe(said)));
    }

    @Override
    public void absent() {
        deadlineCalculator.keepWindows(Set.of());
    }
}
