# The image of one node. Written for the classic builder as well as for BuildKit.
#
#   docker build -t wsmesh .
#   docker run -p 8080:8080 -e MESH_KEY="$(docker run --rm wsmesh key)" wsmesh --peers ws://other:8080

FROM eclipse-temurin:25-jdk AS build
WORKDIR /build
COPY . .
RUN bash src/main/docker/executable-jar.sh wsmesh.jar
# Layers, so that a change of the application's code is a few hundred kilobytes to push and pull.
RUN java -Djarmode=tools -jar wsmesh.jar extract --layers --destination extracted

FROM eclipse-temurin:25-jre
LABEL org.opencontainers.image.title="wsmesh" \
      org.opencontainers.image.description="A node of a peer-to-peer mesh over WebSocket" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --no-create-home --shell /usr/sbin/nologin wsmesh
WORKDIR /app
COPY --from=build /build/extracted/dependencies/ ./
COPY --from=build /build/extracted/spring-boot-loader/ ./
COPY --from=build /build/extracted/snapshot-dependencies/ ./
COPY --from=build /build/extracted/application/ ./
COPY src/main/docker/jvm.options src/main/docker/healthcheck.sh ./
# The JVM takes the cache only if directory, jar and flags are those of the training, so it is trained here and not in
# the first stage: by two nodes at work, so that it also knows how methods are used, and a node is soon as fast as it gets.
# However that run ends: what counts is that there is a cache, and that the JVM takes it.
RUN java -jar wsmesh.jar bench --nodes 2 --warm-up 15s --for 1s \
        --jvm "@jvm.options -XX:MaxRAM=2g -Xlog:aot=error:stderr -XX:AOTCacheOutput=app-%p.aot"; \
    mv "$(ls app-*.aot | head -n 1)" app.aot && rm -rf app-* /tmp/wsmesh-bench-* \
    && java @jvm.options -XX:AOTMode=on -XX:AOTCache=app.aot -jar wsmesh.jar --version
# A volume that is mounted here belongs to the node: for mesh.data-dir, or a cluster key that the nodes share.
RUN install -d -o wsmesh -m 700 /var/lib/wsmesh
USER wsmesh

# In a container, "this machine only" would mean nobody.
ENV SERVER_ADDRESS=0.0.0.0
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 CMD ["bash", "/app/healthcheck.sh"]
# Java is process 1 and gets the signal; what follows the image's name on the command line are the node's arguments.
ENTRYPOINT ["java", "@jvm.options", "-XX:AOTCache=app.aot", "-jar", "wsmesh.jar"]
