package dev.wsmesh.samples.security;

import dev.wsmesh.gateway.listener.MeshListener;
import dev.wsmesh.gateway.listener.MeshTemplate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What has been told, on whichever instance. */
@RestController
class News {

    private final MeshTemplate mesh;
    private final List<String> heard = new CopyOnWriteArrayList<>();

    News(MeshTemplate mesh) {
        this.mesh = mesh;
    }

    @GetMapping("/news")
    List<String> heard() {
        return heard;
    }

    // A GET for the sake of a short example: a form would bring a CSRF token.
    @GetMapping("/tell")
    void tell(@RequestParam String text, Authentication who) {
        mesh.convertAndSend("news", who.getName() + ": " + text);
    }

    @MeshListener("news")
    void heard(String text) {
        heard.add(text);
    }
}
