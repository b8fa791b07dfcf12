package dev.wsmesh;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The table of rooms in docs/architecture.md, held. */
class ArchitectureTest {

    private static final String BASE = "dev.wsmesh";
    private static final List<String> ANYWHERE = List.of("java.lang..", "java.util..", "java.time..", "org.jspecify..");

    /** A type of data, no IO: what the core shows its bytes in without a copy. */
    private static final String VIEW_OF_BYTES = "java.nio.ByteBuffer";

    /** A room, the rooms it may use, and the libraries, or single classes, it may use besides the ones allowed anywhere. */
    private record Room(Set<String> rooms, List<String> libraries) {}

    private static final Map<String, Room> ROOMS = Map.of(
            "protocol", new Room(Set.of(), List.of(VIEW_OF_BYTES)),
            "wire", new Room(Set.of("protocol"), List.of("java.nio..")),
            "identity",
                    new Room(
                            Set.of("protocol"),
                            List.of("java.security..", "javax.crypto..", "java.nio..", "java.io..")),
            "node", new Room(Set.of("protocol"), List.of("java.nio..", "org.slf4j..")),
            "websocket",
                    new Room(
                            Set.of("protocol", "wire", "identity", "node"),
                            List.of(
                                    "java.io..",
                                    "java.net..",
                                    "java.nio..",
                                    "java.security..",
                                    "javax.net..",
                                    "jakarta.servlet..",
                                    "jakarta.websocket..",
                                    "org.slf4j..",
                                    "org.springframework.core..",
                                    "org.springframework.http..",
                                    "org.springframework.web..",
                                    "org.springframework.util..")),
            "gateway.listener",
                    new Room(
                            Set.of("protocol", "node"),
                            List.of(
                                    "java.nio..",
                                    "org.slf4j..",
                                    "org.springframework.aop..",
                                    "org.springframework.beans..",
                                    "org.springframework.context..",
                                    "org.springframework.core..",
                                    "org.springframework.format..",
                                    "org.springframework.messaging..",
                                    "org.springframework.transaction..",
                                    "org.springframework.util..",
                                    "org.springframework.validation..")),
            "ops",
                    new Room(
                            Set.of("protocol", "node"),
                            List.of(
                                    "io.micrometer..",
                                    "org.springframework.boot.actuate..",
                                    "org.springframework.boot.health..",
                                    "tools.jackson..")),
            "gateway.stomp",
                    new Room(
                            Set.of("protocol", "node", "gateway"),
                            List.of(
                                    "org.slf4j..",
                                    "org.springframework.core..",
                                    "org.springframework.http..",
                                    "org.springframework.messaging..",
                                    "org.springframework.util..",
                                    "org.springframework.web.socket..",
                                    "java.nio.charset..")),
            "gateway",
                    new Room(
                            Set.of("protocol", "node"),
                            List.of(
                                    "com.fasterxml.jackson.annotation..",
                                    "jakarta.servlet..",
                                    "java.io..",
                                    "java.net..",
                                    "java.nio..",
                                    "java.security..",
                                    "org.slf4j..",
                                    "org.springframework.http..",
                                    "org.springframework.util..",
                                    "org.springframework.web..",
                                    "tools.jackson..")),
            "cli",
                    new Room(
                            Set.of("protocol", "wire", "identity", "node", "websocket"),
                            List.of(
                                    "java.io..",
                                    "java.net..",
                                    "java.nio..",
                                    "java.security..",
                                    "javax.net..",
                                    "picocli..",
                                    "tools.jackson.core..")));

    private static final JavaClasses production = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(BASE);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "protocol",
                "wire",
                "identity",
                "node",
                "websocket",
                "gateway",
                "gateway.listener",
                "gateway.stomp",
                "ops",
                "cli"
            })
    void a_room_uses_only_what_the_table_allows(String name) {
        Room room = java.util.Objects.requireNonNull(ROOMS.get(name));
        List<String> allowed = new ArrayList<>(ANYWHERE);
        allowed.addAll(room.libraries());
        allowed.add(BASE + "." + name + "..");
        room.rooms().forEach(other -> allowed.add(BASE + "." + other + ".."));
        classes()
                .that()
                .resideInAPackage(BASE + "." + name + "..")
                .and()
                .resideOutsideOfPackages(roomsWithin(name))
                .should()
                .onlyDependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(allowed.toArray(String[]::new))
                        .or(DescribedPredicate.describe("are such", used -> allowed.contains(used.getName()))))
                .allowEmptyShould(true)
                .check(production);
    }

    /** They have rows of their own. */
    private static String[] roomsWithin(String name) {
        return ROOMS.keySet().stream()
                .filter(other -> other.startsWith(name + "."))
                .map(other -> BASE + "." + other + "..")
                .toArray(String[]::new);
    }

    @Test
    void there_is_no_room_that_the_table_does_not_know() {
        Set<String> found = new TreeSet<>();
        for (JavaClass javaClass : production) {
            String rest = javaClass.getPackageName().substring(BASE.length());
            if (!rest.isEmpty()) {
                found.add(rest.substring(1).split("\\.", 2)[0]);
            }
        }
        found.removeAll(ROOMS.keySet());
        assertThat(found).containsExactly("config");
    }

    @Test
    void nobody_imports_the_wiring_but_the_program() {
        noClasses()
                .that()
                .resideOutsideOfPackages(BASE, BASE + ".config..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(BASE + ".config..")
                .check(production);
    }

    @Test
    void an_application_may_replace_every_bean() {
        methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .should()
                .beAnnotatedWith(ConditionalOnMissingBean.class)
                .check(production);
    }

    @Test
    void there_are_no_cycles() {
        slices().matching(BASE + ".(*)..").should().beFreeOfCycles().check(production);
    }

    @Test
    void the_core_is_pure() {
        noClasses()
                .that()
                .resideInAPackage(BASE + ".protocol..")
                .should()
                .dependOnClassesThat(new DescribedPredicate<>("threads, clocks and dice") {
                    @Override
                    public boolean test(JavaClass used) {
                        return used.isAssignableTo(Thread.class)
                                || used.getName().startsWith("java.util.concurrent.")
                                || used.getName().equals("java.time.Clock")
                                || used.getName().equals("java.util.Random");
                    }
                })
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(java.util.UUID.class, "randomUUID")
                .allowEmptyShould(true)
                .check(production);
    }

    /** A look-up may block, and the transport is called with the core's lock held: only a Locator.Resolver may do that. */
    @Test
    void the_transport_looks_no_name_up_by_itself() {
        noClasses()
                .that()
                .resideInAPackage(BASE + ".websocket..")
                .should()
                .callMethod(InetAddress.class, "getByName", String.class)
                .orShould()
                .callMethod(InetAddress.class, "getAllByName", String.class)
                .orShould()
                .callConstructor(InetSocketAddress.class, String.class, int.class)
                .check(production);
    }

    @Test
    void every_package_is_null_marked() {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass javaClass : production) {
            if (!javaClass.getPackage().isAnnotatedWith(NullMarked.class)) {
                unmarked.add(javaClass.getPackageName());
            }
        }
        assertThat(unmarked).isEmpty();
    }

    @Test
    void fields_are_not_injected_and_nothing_is_called_after_construction() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("jakarta.annotation.PostConstruct")
                .check(production);
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.springframework.beans.factory.annotation.Autowired")
                .check(production);
    }

    @Test
    void no_public_field_can_be_changed() {
        classes()
                .should(new com.tngtech.archunit.lang.ArchCondition<JavaClass>("have no public mutable field") {
                    @Override
                    public void check(JavaClass item, com.tngtech.archunit.lang.ConditionEvents events) {
                        item.getFields().stream()
                                .filter(field -> field.getModifiers().contains(JavaModifier.PUBLIC))
                                .filter(field -> !field.getModifiers().contains(JavaModifier.FINAL))
                                .forEach(field -> events.add(com.tngtech.archunit.lang.SimpleConditionEvent.violated(
                                        field, field.getFullName())));
                    }
                })
                .check(production);
    }
}
