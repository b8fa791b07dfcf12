"""Nodes of the executable jar as processes, and what the machine says of them: for the scripts beside this file."""
import glob
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TICKS = os.sysconf("SC_CLK_TCK")


def java25():
    for release in glob.glob("/usr/lib/jvm/*/release"):
        if re.search(r'JAVA_VERSION="25[."]', open(release).read()):
            return os.path.join(os.path.dirname(release), "bin", "java")
    return "java"


def executable_jar():
    jars = glob.glob(os.path.join(ROOT, "target", "wsmesh-*-exec.jar"))
    if len(jars) != 1:
        sys.exit("build the jar first: ./mvnw -q -B package -DskipTests")
    return jars[0]


def image_flags():
    """The JVM's flags in the image."""
    lines = open(os.path.join(ROOT, "src", "main", "docker", "jvm.options")).read().splitlines()
    return " ".join(line for line in lines if line.startswith("-"))


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Node:
    """One process; its log is in the directory."""

    def __init__(self, java, jvm, port, directory, arguments):
        self.java = java
        self.port = port
        command = [java, *jvm.split(), "-jar", executable_jar(), "--bind", f"localhost:{port}", *arguments]
        self.log = open(os.path.join(directory, f"{port}.log"), "w")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT, cwd=directory)

    def get(self, path):
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=10) as answer:
            return answer.read().decode()

    def links(self):
        return json.loads(self.get("/actuator/mesh"))["links"]

    def is_linked(self, least):
        """Whether it answers, and has so many links."""
        try:
            return len(self.links()) >= least
        except OSError:
            if self.process.poll() is not None:
                sys.exit(f"a node ended: see {self.log.name}")
            return False

    def received(self):
        """Bytes that have come in over the links that there are."""
        return sum(each["bytes"]["in"] for each in self.links())

    def ticks(self):
        """Processor time so far, in TICKS of a second."""
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def resident(self):
        """In MiB."""
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{self.process.pid}/status").read())[1]) / 1024

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def heap(self):
        """MiB that are in use after a full collection."""
        jcmd = os.path.join(os.path.dirname(self.java), "jcmd")
        subprocess.run([jcmd, str(self.process.pid), "GC.run"], stdout=subprocess.DEVNULL, check=True)
        said = subprocess.run([jcmd, str(self.process.pid), "GC.heap_info"], capture_output=True, text=True, check=True)
        return sum(int(each) for each in re.findall(r"total \d+K, used (\d+)K", said.stdout)) / 1024


def await_all(nodes, least, patience):
    deadline = time.monotonic() + patience
    while not all(each.is_linked(least) for each in nodes):
        if time.monotonic() > deadline:
            sys.exit(f"after {patience} s not every node has {least} links")
        time.sleep(1)


def end(nodes):
    for each in nodes:
        each.process.send_signal(signal.SIGTERM)
    for each in nodes:
        each.process.wait()
