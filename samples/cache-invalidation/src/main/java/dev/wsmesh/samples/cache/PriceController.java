package dev.wsmesh.samples.cache;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/prices/{product}")
class PriceController {

    private final Prices prices;

    PriceController(Prices prices) {
        this.prices = prices;
    }

    @GetMapping
    int get(@PathVariable String product) {
        return prices.of(product);
    }

    @PutMapping
    void put(@PathVariable String product, @RequestBody String cents) {
        prices.change(product, Integer.parseInt(cents.strip()));
    }
}
