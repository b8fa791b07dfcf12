package dev.wsmesh.cli;

import dev.wsmesh.websocket.PeerUrl;
import dev.wsmesh.websocket.ProxyComplaint;
import dev.wsmesh.websocket.ProxyServer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A way through a proxy, asked for by CONNECT. */
final class Tunnel {

    private final ProxyServer proxy;
    private final PeerUrl url;

    Tunnel(ProxyServer proxy, PeerUrl url) {
        this.proxy = proxy;
        this.url = url;
    }

    void open(Socket socket) throws IOException, HopFailure {
        String peer = url.uri().getHost() + ":" + url.port();
        String authorization =
                proxy.authorization() == null ? "" : "Proxy-Authorization: " + proxy.authorization() + "\r\n";
        String request = "CONNECT " + peer + " HTTP/1.1\r\nHost: " + peer + "\r\n" + authorization + "\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        Head head = Head.read(socket.getInputStream());
        if (head.status() >= 200 && head.status() < 300) {
            return;
        }
        String status = head.status() == 0 ? "no status" : Integer.toString(head.status());
        // One sentence says what was found, and after a semicolon what to do; a wrong password leaves no choice.
        String[] complaint = ProxyComplaint.refused(proxy, url, status).split("; ", 2);
        throw new HopFailure(
                Hop.PROXY,
                complaint[0],
                complaint.length > 1
                        ? complaint[1]
                        : "give them as http://user:password@host:port in " + proxy.source());
    }
}
