// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/** The arrows between the classes of the gate point one way; what calls back does so by an interface of the one that is called. */
class GateArrowsTest {

    @Test
    void noClassIsPartOfACycle() {
        JavaClasses gate = new ClassFileImporter().withImportOption(location -> !location.contains("test-classes"))
                .importPackagesOf(Gate.class);
        assertThat(gate.contain(ClientConnection.class)).isTrue();

        slices().assignedFrom(new EachClass())
                .should()
                .beFreeOfCycles()
                // The log has the name of the class that people know.
                .ignoreDependency(GateLog.class, Gate.class)
                .check(gate);
    }

    /** Each class with those that are nested in it. */
    private static final class EachClass implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass one) {
            JavaClass outermost = one;
            while (outermost.getEnclosingClass().isPresent()) {
                outermost = outermost.getEnclosingClass().get();
            }
            return SliceIdentifier.of(outermost.getName());
        }

        @Override
        public String getDescription() {
            return "each class of the gate";
        }
    }
}
