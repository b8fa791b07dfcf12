package dev.wsmesh.gateway.http;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.ServerResponse;

/** The head of a stream of events, whose body is written later, by a thread of its own. */
final class SseResponse implements ServerResponse {

    private final HttpHeaders headers = new HttpHeaders();
    private final Start start;

    /** Takes the request over. */
    @FunctionalInterface
    interface Start {
        void start(HttpServletRequest request, HttpServletResponse response);
    }

    SseResponse(Start start) {
        this.start = start;
        headers.set(HttpHeaders.CONTENT_TYPE, "text/event-stream;charset=UTF-8");
        headers.setCacheControl("no-store");
        // Otherwise nginx would gather events until its buffer is full.
        headers.set("X-Accel-Buffering", "no");
    }

    @Override
    public HttpStatus statusCode() {
        return HttpStatus.OK;
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
    public @Nullable ModelAndView writeTo(HttpServletRequest request, HttpServletResponse response, Context context) {
        response.setStatus(HttpStatus.OK.value());
        headers.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        start.start(request, response);
        return null;
    }
}
