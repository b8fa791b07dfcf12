package dev.wsmesh.gateway.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

/** A whole answer, written as it is: what an application does with its own message converters does not touch it. */
final class Answer implements ServerResponse {

    static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(usual -> usual.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private final HttpStatus status;
    private final HttpHeaders headers = new HttpHeaders();
    private final byte[] body;

    private Answer(HttpStatus status, String contentType, byte[] body) {
        this.status = status;
        this.body = body;
        headers.setContentType(MediaType.parseMediaType(contentType));
        headers.setContentLength(body.length);
        headers.setCacheControl("no-store");
    }

    static Answer json(HttpStatus status, Object body) {
        return json(status, "application/json", body);
    }

    static Answer json(HttpStatus status, String contentType, Object body) {
        return new Answer(status, contentType, JSON.writeValueAsBytes(body));
    }

    static Answer of(String contentType, byte[] body) {
        return new Answer(HttpStatus.OK, contentType, body);
    }

    Answer with(Map<String, String> more) {
        more.forEach(headers::set);
        return this;
    }

    @Override
    public HttpStatus statusCode() {
        return status;
    }

    @Override
    public HttpHeaders headers() {
        return headers;
    }

    @Override
    public MultiValueMap<String, Cookie> cookies() {
        return new LinkedMultiValueMap<>();
    }

    @Override
    public @Nullable ModelAndView writeTo(HttpServletRequest request, HttpServletResponse response, Context context)
            throws IOException {
        writeTo(response);
        return null;
    }

    void writeTo(HttpServletResponse response) throws IOException {
        response.setStatus(status.value());
        headers.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        response.getOutputStream().write(body);
    }
}
