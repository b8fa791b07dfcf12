package dev.wsmesh;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Start. */
@SpringBootApplication
public class WsmeshApplication {
    public static void main(String[] args) {
        SpringApplication.run(WsmeshApplication.class, args);
    }
}
