// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/** Which package may use which: exactly as the picture in docs/architecture.md has it. */
class PackageArrowsTest {

    private static final String AGENT = "dev.lastcall.agent";
    private static final String[] LIBRARIES = {"dev.lastcall.metadata..", "dev.lastcall.simulator..",
        "dev.lastcall.warmup.."};
    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/") && !location.contains("-tests.jar"))
            .importPackages("dev.lastcall");
    private static final PackagePicture PICTURE = PackagePicture.read(Path.of("../docs/architecture.md"));

    @Test
    void pictureHasEachPackageOfEachModule() {
        assertThat(PICTURE.packages()).containsExactlyInAnyOrderElementsOf(PROGRAM.stream()
                .filter(one -> !one.getSimpleName().equals("package-info"))
                .map(JavaClass::getPackageName)
                .collect(Collectors.toSet()));
    }

    @Test
    void everyArrowThatIsUsedIsInThePicture() {
        Map<String, String> unknown = new TreeMap<>(used());
        unknown.keySet().removeAll(PICTURE.arrows());
        assertThat(unknown).as("arrows that are not in docs/architecture.md, each with one use of it").isEmpty();
    }

    @Test
    void everyArrowInThePictureIsUsed() {
        Set<String> stale = new TreeSet<>(PICTURE.arrows());
        stale.removeAll(used().keySet());
        assertThat(stale).as("arrows of docs/architecture.md that no class uses any more").isEmpty();
    }

    @Test
    void arrowsPointDown() {
        assertThat(PICTURE.arrowsUp())
                .as("a line of the picture uses packages of lines below it only, so that there is no cycle")
                .isEmpty();
    }

    /** Every arrow between packages, with one dependency that needs it. */
    private static Map<String, String> used() {
        Map<String, String> used = new TreeMap<>();
        for (JavaClass one : PROGRAM) {
            for (Dependency dependency : one.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith("dev.lastcall")
                        && !target.getPackageName().equals(one.getPackageName())) {
                    used.putIfAbsent(PackagePicture.arrow(one.getPackageName(), target.getPackageName()),
                            dependency.getDescription());
                }
            }
        }
        return used;
    }

    @Test
    void nothingUsesTheRootPackage() {
        assertThat(PICTURE.arrows()).noneMatch(arrow -> arrow.endsWith(" " + AGENT));
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
        for (String library : LIBRARIES) {
            noClasses().that()
                    .resideInAPackage(library)
                    .should()
                    .dependOnClassesThat(resideInAPackage("dev.lastcall..").and(not(resideInAPackage(library))))
                    .check(PROGRAM);
        }
    }

    @Test
    void noStoreKnowsAnother() {
        List<String> stores = List.of("folder", "gcs", "hf", "s3", "web");
        for (String store : stores) {
            noClasses().that()
                    .resideInAPackage("dev.lastcall.warmup.store." + store)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(stores.stream()
                            .filter(other -> !other.equals(store))
                            .map(other -> "dev.lastcall.warmup.store." + other)
                            .toArray(String[]::new))
                    .check(PROGRAM);
        }
    }

    @Test
    void librariesDoNotLog() {
        noClasses().that()
                .resideInAnyPackage(LIBRARIES)
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
