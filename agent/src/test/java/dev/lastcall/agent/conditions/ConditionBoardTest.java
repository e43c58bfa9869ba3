// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.conditions;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConditionBoardTest {

    private final ConditionBoard board = new ConditionBoard();
    private final List<String> heard = new ArrayList<>();

    ConditionBoardTest() {
        board.addListener(new ConditionBoard.Listener() {
            @Override
            public void raised(Condition condition) {
                heard.add("+" + condition.code().label() + "/" + condition.subject());
            }

            @Override
            public void cleared(Condition condition) {
                heard.add("-" + condition.code().label() + "/" + condition.subject());
            }
        });
    }

    private static Condition blind(String source, String message) {
        return Condition.of(ConditionCode.SOURCE_BLIND, source, message);
    }

    @Test
    void aChangeIsHeardOnceAndNotForEachRaise() {
        board.raise(blind("aws-spot", "for 10 s"));
        board.raise(blind("aws-spot", "for 11 s"));
        board.clear(ConditionCode.SOURCE_BLIND, "aws-spot");
        board.clear(ConditionCode.SOURCE_BLIND, "aws-spot");

        assertThat(heard).containsExactly("+source-blind/aws-spot", "-source-blind/aws-spot");
    }

    @Test
    void theNewestMessageIsShown() {
        board.raise(blind("aws-spot", "for 10 s"));
        board.raise(blind("aws-spot", "for 11 s"));

        assertThat(board.active()).extracting(Condition::message).containsExactly("for 11 s");
    }

    @Test
    void aReportReplacesAllOfItsCodeAndNothingElse() {
        board.raise(Condition.of(ConditionCode.OVERDUE, "deadline", "passed 3 s ago"));
        board.report(ConditionCode.SOURCE_BLIND, List.of(blind("a", "x"), blind("b", "x")));
        board.report(ConditionCode.SOURCE_BLIND, List.of(blind("b", "x")));

        assertThat(heard).containsExactly("+overdue/deadline", "+source-blind/a", "+source-blind/b", "-source-blind/a");
        assertThatThrownBy(() -> board.report(ConditionCode.OVERDUE, List.of(blind("a", "x"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theWorstComesFirstAndOnlyACriticalOneTakesTheProtectionAway() {
        board.raise(Condition.of(ConditionCode.OVERDUE, "deadline", "x"));
        board.raise(blind("a", "x"));
        assertThat(board.isProtected()).isTrue();

        board.raise(Condition.of(ConditionCode.SERVER_DOWN, "llama", "x"));

        assertThat(board.isProtected()).isFalse();
        assertThat(board.active()).extracting(Condition::code)
                .containsExactly(ConditionCode.SERVER_DOWN, ConditionCode.SOURCE_BLIND, ConditionCode.OVERDUE);
    }

    @Test
    void aCheckIsAskedAtEachRefreshAndAFailingOneNeitherEndsTheOthersNorIsSilent() {
        List<Condition> down = new ArrayList<>(List.of(Condition.of(ConditionCode.SERVER_DOWN, "llama", "refused")));
        board.watch(ConditionCode.NO_SOURCE, () -> {
            throw new IllegalStateException("broken");
        });
        board.watch(ConditionCode.SERVER_DOWN, () -> down);
        board.refresh();
        assertThat(heard).containsExactly("+internal-fault/check of no-source", "+server-down/llama");

        board.watch(ConditionCode.NO_SOURCE, List::of);
        down.clear();
        board.refresh();
        assertThat(heard).endsWith("-internal-fault/check of no-source", "-server-down/llama");
        assertThat(board.active()).isEmpty();
    }

    @Test
    void namesOfAClusterCannotFillTheMemory() {
        board.report(ConditionCode.BAD_ANNOTATION, IntStream.range(0, 10_000)
                .mapToObj(i -> Condition.of(ConditionCode.BAD_ANNOTATION, "pod-" + i, "x"))
                .toList());

        assertThat(board.active()).hasSize(ConditionBoard.MAX_PER_CODE);
    }
}
