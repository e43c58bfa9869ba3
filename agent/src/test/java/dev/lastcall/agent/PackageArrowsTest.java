// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.util.ArrayList;
import java.util.List;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** Which package may use which. The same arrows stand in docs/architecture.md. */
class PackageArrowsTest {

    private static final String AGENT = "dev.lastcall.agent";
    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.lastcall");

    @Test
    void noPackageIsPartOfACycle() {
        slices().matching("dev.lastcall.(**)").should().beFreeOfCycles().check(PROGRAM);
    }

    @Test
    void nothingUsesTheRootPackage() {
        noClasses().that()
                .resideInAnyPackage(AGENT + ".*..", "dev.lastcall.metadata..", "dev.lastcall.simulator..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(AGENT)
                .check(PROGRAM);
    }

    /** What of Lastcall a package may use besides itself; {@code ..} means the packages below. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            config         | warmup.text
            conditions     | telemetry, metadata, warmup.text
            server         | metadata
            server.kind    | bounds, server, metadata
            files          |
            server.stop    | server, systemd, files, metadata
            servers        | api, conditions, config, drain, gate, server, server.kind, server.stop, systemd, metadata
            gate           | server, metadata
            drain          | server, files, metadata
            notices        | api, conditions, config, drain, relay, systemd, telemetry, metadata..
            kubernetes     | bounds, metadata, warmup.text
            kubernetes.node | conditions, kubernetes, metadata
            kubernetes.pod | conditions, kubernetes, server, server.kind, metadata
            outbound       | bounds, conditions, config, drain, kubernetes.., notices, relay, server.., telemetry, webhook, metadata..
            permissions    | conditions, config, files, server, server.stop, servers, systemd, metadata
            relay          | api, metadata
            webhook        | metadata, warmup.text
            telemetry      | config, metadata, warmup.text
            api            | config, files, status.view, telemetry
            status         | api, conditions, config, drain, gate, notices, permissions, server, servers, status.view, systemd, telemetry, metadata..
            status.view    | warmup.text
            systemd        | metadata
            cli            | api, config, status.view, systemd, telemetry, metadata, simulator, warmup.text
            models         | api, conditions, config, status.view, telemetry, metadata, warmup..
            warm           | cli, config, models, status.view, metadata, warmup..
            demo           | demo.load, cli, drain, gate, server, metadata.., simulator
            demo.load      |
            """)
    void packageUsesOnly(String name, String allowed) {
        List<String> packages = new ArrayList<>(List.of(AGENT + "." + name));
        if (allowed != null) {
            for (String one : allowed.split(", ", -1)) {
                boolean library = one.startsWith("metadata") || one.startsWith("simulator")
                        || one.startsWith("warmup");
                packages.add(library ? "dev.lastcall." + one : AGENT + "." + one);
            }
        }
        classes().that()
                .resideInAPackage(AGENT + "." + name)
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("dev.lastcall.."))
                        .or(resideInAnyPackage(packages.toArray(String[]::new))))
                .check(PROGRAM);
    }

    @Test
    void demoUsesOfTheCommandLineOnlyItsExitCodes() {
        noClasses().that()
                .resideInAPackage(AGENT + ".demo..")
                .should()
                .dependOnClassesThat(resideInAPackage(AGENT + ".cli")
                        .and(describe("no exit code", one -> !one.getSimpleName().equals("ExitCode"))))
                .check(PROGRAM);
    }

    @Test
    void librariesKnowNeitherTheAgentNorEachOther() {
        noClasses().that()
                .resideInAPackage("dev.lastcall.metadata..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(AGENT + "..", "dev.lastcall.simulator..")
                .check(PROGRAM);
        noClasses().that()
                .resideInAPackage("dev.lastcall.simulator..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(AGENT + "..", "dev.lastcall.metadata..")
                .check(PROGRAM);
    }

    @Test
    void librariesDoNotLog() {
        noClasses().that()
                .resideInAnyPackage("dev.lastcall.metadata..", "dev.lastcall.simulator..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.slf4j..", "ch.qos.logback..", "java.util.logging..")
                .check(PROGRAM);
    }

    @Test
    void whatIsMadeForTestsStaysOutOfTheProgram() {
        noClasses().that()
                .resideOutsideOfPackage("dev.lastcall.metadata.testing")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.lastcall.metadata.testing")
                .check(PROGRAM);
    }

    @Test
    void noClassUsesTheJdksHttpClient() {
        noClasses().should().dependOnClassesThat().resideInAPackage("java.net.http..").check(PROGRAM);
    }

    @Test
    void noClassSleepsPastTheNodeClock() {
        noClasses().should().callMethodWhere(call(Thread.class, "sleep")).check(PROGRAM);
    }

    @Test
    void onlyMainAndDaemonEndTheProcess() {
        noClasses().that()
                .doNotBelongToAnyOf(Main.class, Daemon.class)
                .should()
                .callMethodWhere(call(System.class, "exit"))
                .orShould()
                .callMethodWhere(call(Runtime.class, "exit"))
                .orShould()
                .callMethodWhere(call(Runtime.class, "halt"))
                .check(PROGRAM);
    }

    private static DescribedPredicate<JavaCall<?>> call(Class<?> owner, String method) {
        return describe("it is " + owner.getSimpleName() + "." + method,
                call -> call.getTargetOwner().isEquivalentTo(owner) && call.getName().equals(method));
    }
}
