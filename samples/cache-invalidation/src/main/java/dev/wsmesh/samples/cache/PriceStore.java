package dev.wsmesh.samples.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Where prices are kept, slowly: a file for each product, in a directory that all instances share. */
@Component
class PriceStore {

    private final Path directory;

    PriceStore(@Value("${prices.directory}") Path directory) {
        this.directory = directory;
    }

    int read(String product) {
        try {
            Path file = file(product);
            return Files.exists(file) ? Integer.parseInt(Files.readString(file)) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(String product, int cents) {
        try {
            Files.createDirectories(directory);
            Files.writeString(file(product), Integer.toString(cents));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String product) {
        if (!product.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException("a product is called by a-z, 0-9 and '-', not: " + product);
        }
        return directory.resolve(product);
    }
}
