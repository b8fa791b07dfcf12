package dev.wsmesh.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.wsmesh.gateway.listener.MeshListener;
import dev.wsmesh.gateway.listener.MeshListenerRegistrar;
import dev.wsmesh.gateway.listener.MeshTemplate;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshNode;
import dev.wsmesh.ops.MeshEndpoint;
import dev.wsmesh.ops.MeshHealthIndicator;
import dev.wsmesh.ops.MeshMeters;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.server.servlet.ServletWebServerFactory;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.HandlerMapping;

/** What an application gets by having the jar, and what not. */
class MeshAutoConfigurationTest {

    private static final AutoConfigurations OURS =
            AutoConfigurations.of(MeshAutoConfiguration.class, MeshListenerAutoConfiguration.class);

    private final WebApplicationContextRunner web =
            new WebApplicationContextRunner().withConfiguration(OURS).withPropertyValues("mesh.presence.enabled=false");

    @Test
    void a_web_application_has_a_node_with_all_that_belongs_to_it() {
        web.withPropertyValues("management.endpoints.web.exposure.include=mesh").run(context -> {
            assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(Mesh.class)
                    .hasSingleBean(MeshTemplate.class)
                    .hasSingleBean(MeshListenerRegistrar.class)
                    .hasSingleBean(MeshHealthIndicator.class)
                    .hasSingleBean(MeshEndpoint.class)
                    .hasSingleBean(MeshMeters.class);
            assertThat(context.getBean(MeshProperties.class).path()).isEqualTo("/mesh");
        });
    }

    @Test
    void it_does_nothing_of_its_own_accord() {
        web.run(context -> assertThat(context)
                .doesNotHaveBean(ScheduledBroadcast.class)
                .doesNotHaveBean(TaskScheduler.class)
                .doesNotHaveBean(ScheduledAnnotationBeanPostProcessor.class));
        web.withPropertyValues("mesh.broadcast.enabled=true")
                .run(context -> assertThat(context)
                        .hasSingleBean(ScheduledBroadcast.class)
                        .doesNotHaveBean(TaskScheduler.class)
                        .doesNotHaveBean(ScheduledAnnotationBeanPostProcessor.class));
    }

    @Test
    void no_bean_is_a_candidate_where_an_application_has_one_of_its_own() {
        web.withBean("own", MessageConverter.class, () -> mock(MessageConverter.class))
                .withBean(NeedsConverter.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    /** Nobody asks for a bean that listens. */
    @Test
    void lazy_initialization_leaves_no_listener_out() {
        web.withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withBean("listens", Listens.class)
                .withBean("idles", Idles.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBeanFactory().containsSingleton("listens"))
                            .isTrue();
                    assertThat(context.getBeanFactory().containsSingleton("idles"))
                            .isFalse();
                });
    }

    static class Listens {
        @MeshListener("t")
        @SuppressWarnings("unused")
        void on(String text) {}
    }

    static class Idles {}

    static class NeedsConverter {
        @SuppressWarnings("unused")
        NeedsConverter(MessageConverter the) {}
    }

    @Test
    void it_works_without_actuator_and_without_micrometer() {
        web.withClassLoader(new FilteredClassLoader(
                        "org.springframework.boot.actuate", "org.springframework.boot.health", "io.micrometer.core"))
                .run(context -> {
                    assertThat(context)
                            .hasNotFailed()
                            .hasSingleBean(Mesh.class)
                            .hasSingleBean(MeshTemplate.class)
                            .doesNotHaveBean(MeshHealthIndicator.class)
                            .doesNotHaveBean(MeshEndpoint.class)
                            .doesNotHaveBean(SanitizingFunction.class)
                            .doesNotHaveBean(MeshMeters.class);
                    context.getBean(Mesh.class).publish("a", "x");
                });
        web.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context -> assertThat(context)
                        .hasSingleBean(MeshMeters.class)
                        .hasSingleBean(MeshHealthIndicator.class)
                        .doesNotHaveBean(MeshEndpoint.class));
    }

    @Test
    void operators_switch_its_parts_off_as_any_others() {
        web.withPropertyValues("management.health.mesh.enabled=false")
                .run(context -> assertThat(context)
                        .hasSingleBean(Mesh.class)
                        .doesNotHaveBean(MeshHealthIndicator.class)
                        .doesNotHaveBean(MeshEndpoint.class));
    }

    @Test
    void without_the_library_of_messages_there_is_the_node_alone() {
        web.withClassLoader(new FilteredClassLoader("org.springframework.messaging.handler"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(Mesh.class)
                        .doesNotHaveBean(MeshTemplate.class));
    }

    @Test
    void switched_off_there_is_nothing() {
        web.withPropertyValues("mesh.enabled=false").run(MeshAutoConfigurationTest::assertNothing);
    }

    private static void assertNothing(AssertableWebApplicationContext context) {
        assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(Mesh.class)
                .doesNotHaveBean(MeshTemplate.class)
                .doesNotHaveBean(HandlerMapping.class);
    }

    @Test
    void an_application_that_is_no_servlet_application_has_no_node() {
        new ApplicationContextRunner()
                .withConfiguration(OURS)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Mesh.class));
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(OURS)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Mesh.class));
    }

    @Test
    void in_the_place_of_the_node_a_test_may_put_a_mesh_of_its_own() {
        Mesh own = mock(Mesh.class);
        web.withBean("own", Mesh.class, () -> own).run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean(MeshNode.class).doesNotHaveBean(HandlerMapping.class);
            assertThat(context.getBean(Mesh.class)).isSameAs(own);
            assertThat(context).hasSingleBean(MeshTemplate.class);
        });
    }

    @Test
    void parts_may_be_replaced_by_name_or_by_type() {
        MeshTemplate template = new MeshTemplate(mock(Mesh.class), mock(MessageConverter.class));
        MessageConverter converter = mock(MessageConverter.class);
        web.withBean("mine", MeshTemplate.class, () -> template)
                .withBean("meshMessageConverter", MessageConverter.class, () -> converter)
                .run(context -> {
                    assertThat(context.getBean(MeshTemplate.class)).isSameAs(template);
                    assertThat(context.getBean(MessageConverter.class)).isSameAs(converter);
                });
    }

    @Test
    void a_node_that_others_can_reach_needs_a_key_and_the_failure_is_one_line() {
        WebApplicationContextRunner serving = new WebApplicationContextRunner(
                        AnnotationConfigServletWebServerApplicationContext::new)
                .withConfiguration(OURS)
                .withBean(ServletWebServerFactory.class, MeshAutoConfigurationTest::webServerAtAnyPort);
        serving.run(context -> {
            assertThat(description(context))
                    .startsWith("mesh.key: without a cluster key anyone")
                    .doesNotContain("\n");
        });
        serving.withPropertyValues("mesh.security.open=true")
                .run(context -> assertThat(context).hasNotFailed());
        serving.withPropertyValues("server.address=localhost")
                .run(context -> assertThat(context).hasNotFailed());
        serving.withPropertyValues("server.address=localhost", "mesh.path=mesh").run(context -> {
            assertThat(description(context)).startsWith("mesh.path: 'mesh' is not allowed");
        });
    }

    /** By its name: a build has Tomcat's or Jetty's on its class path. */
    private static ServletWebServerFactory webServerAtAnyPort() {
        String tomcat = "org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory";
        String jetty = "org.springframework.boot.jetty.servlet.JettyServletWebServerFactory";
        Class<?> type = ClassUtils.resolveClassName(ClassUtils.isPresent(tomcat, null) ? tomcat : jetty, null);
        try {
            return (ServletWebServerFactory) type.getConstructor(int.class).newInstance(0);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String description(AssertableWebApplicationContext context) {
        Throwable failure = Objects.requireNonNull(context.getStartupFailure());
        return Objects.requireNonNull(new MeshFailureAnalyzer().analyze(failure))
                .getDescription();
    }
}
