package dev.wsmesh.wire;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class WireRoomTest {
    /** No generated code, no reflection, no Unsafe: what a node runs is what stands here. */
    @Test
    void theCodecNeedsNothingButThePlatformAndTheProtocol() {
        var room = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.wsmesh.wire");

        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.wsmesh.wire",
                        "dev.wsmesh.protocol",
                        "java.lang",
                        "java.lang.runtime",
                        "java.nio..",
                        "java.time..",
                        "java.util",
                        "java.util.function",
                        "java.util.stream",
                        "org.jspecify.annotations")
                .check(room);
    }
}
