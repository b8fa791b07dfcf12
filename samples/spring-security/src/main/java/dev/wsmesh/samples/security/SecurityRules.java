package dev.wsmesh.samples.security;

import static org.springframework.security.config.Customizer.withDefaults;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** Without it, in the profile {@code closed}, Spring Boot asks everybody for a login; then instances need one, too. */
@Configuration
@Profile("!closed")
class SecurityRules {

    /** Instances prove themselves by the cluster key, and clients of the gateway by its tokens: neither has a login, nor a CSRF token. */
    @Bean
    SecurityFilterChain rules(HttpSecurity http) {
        return http.authorizeHttpRequests(requests -> requests
                        .requestMatchers("/mesh", "/api/**").permitAll()
                        .anyRequest().authenticated())
                .csrf(csrf -> csrf.ignoringRequestMatchers("/api/**"))
                .httpBasic(withDefaults())
                .build();
    }
}
