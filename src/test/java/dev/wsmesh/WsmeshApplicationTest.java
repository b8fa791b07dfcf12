package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

class WsmeshApplicationTest {

    /** Jackson's auto-configuration would read hundreds of classes at each start. */
    @Test
    void the_program_has_spring_look_through_no_class() throws Exception {
        try (ConfigurableApplicationContext node = new StandaloneNode().run(List.of("--mesh.bind=localhost:0"))) {
            List<String> packages = AutoConfigurationPackages.get(node);
            assertThat(packages).isNotEmpty();
            for (String each : packages) {
                String classes = "classpath*:" + each.replace('.', '/') + "/**/*.class";
                assertThat(new PathMatchingResourcePatternResolver().getResources(classes))
                        .as(each)
                        .isEmpty();
            }
        }
    }
}
