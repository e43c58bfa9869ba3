// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.List;

import dev.lastcall.agent.status.view.ModelView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ModelTableTest {

    private static final String REASON = "list s3://weights/llama/: 403 AccessDenied: the role node-role may not list the bucket; "
            + "allow s3:ListBucket and s3:GetObject, or set anonymous for a public one";

    private static final List<ModelView> MODELS = List.of(
            new ModelView("llama", "s3://weights/llama/", "failed", 0, 0, 0, 0, 0, REASON, ""),
            new ModelView("embed", "hf://BAAI/bge-m3", "warm", 4, 4, 2048, 2048, 0, "",
                    "/var/lib/lastcall/models/embed"),
            new ModelView("whisper", "gs://w/whisper", "warm", 4, 4, 2048, 2048, 0, "its store could not be asked",
                    "/var/lib/lastcall/models/whisper"));

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 160})
    void aReasonIsReadWholeAtAnyWidth(int width) {
        List<String> lines = ModelTable.lines(MODELS, new AnsiColors(false), width);

        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
        String reasons = String.join(" ", lines.subList(4, lines.size()).stream().map(String::strip).toList());
        assertThat(reasons)
                .isEqualTo("! llama is failed: " + REASON + " ! whisper is warm: its store could not be asked");
    }

    @Test
    void aModelThatIsWellNeedsNoWords() {
        assertThat(ModelTable.lines(MODELS.subList(1, 2), new AnsiColors(false), 100)).hasSize(2)
                .last()
                .asString()
                .endsWith("4/4  /var/lib/lastcall/models/embed");
    }

    @Test
    void whatIsOfAnotherCannotSteerTheTerminal() {
        ModelView evil = new ModelView("m", "x", "failed", 0, 0, 0, 0, 0, "said \u001b[2J\nand more", "");

        assertThat(String.join("\n", ModelTable.lines(List.of(evil), new AnsiColors(false), 80)))
                .doesNotContain("\u001b")
                .endsWith("! m is failed: said ?[2J?and more");
    }
}
