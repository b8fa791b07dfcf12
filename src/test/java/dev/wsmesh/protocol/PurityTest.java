package dev.wsmesh.protocol;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PurityTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.wsmesh.protocol");

    @Test
    void theCoreNeedsNothingButTheLanguageItsCollectionsAndItsTime() {
        classes()
                .should()
                .onlyDependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(
                                "dev.wsmesh.protocol",
                                "java.lang..",
                                "java.time",
                                "java.util",
                                "java.util.function",
                                "java.util.random",
                                "org.jspecify.annotations")
                        .or(JavaClass.Predicates.type(ByteBuffer.class)))
                .check(CORE);
    }

    @Test
    void nothingButBytesKnowsHowTheyAreShownToOthers() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(Bytes.class)
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Buffer.class)
                .check(CORE);
    }

    @Test
    void theCoreHasNoClockNoDiceAndNoThreadsOfItsOwn() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .check(CORE);
    }
}
