"use strict";

// The live page of one node. Whatever peers sent is only ever set as textContent.

const REFRESH_MILLIS = 2_000;
const ANSWER_TIMEOUT_MILLIS = 5_000;
/** Older lines of the console are removed. */
const MAX_LOG_LINES = 200;
/** Longer texts are cut for the console. */
const MAX_SHOWN_CHARACTERS = 2_000;

const byId = (id) => document.getElementById(id);

let lastAnswer = null;

async function refresh() {
  try {
    const [mesh, health] = await Promise.all([answerOf("actuator/mesh"), answerOf("actuator/health").catch(() => null)]);
    showMesh(mesh);
    showHealth(health);
    lastAnswer = new Date();
    showNotice(null);
  } catch (failure) {
    showUnreachable(failure);
  }
  setTimeout(refresh, REFRESH_MILLIS);
}

/** The JSON at a path; health answers 503 when it is down, with its JSON all the same. */
async function answerOf(path) {
  const response = await fetch(path, {
    cache: "no-store",
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MILLIS),
  });
  if (!response.ok && response.status !== 503) {
    throw new Error(`it answers with status ${response.status}`);
  }
  return response.json();
}

function showMesh(mesh) {
  byId("node").textContent = mesh.bind;
  document.title = `${mesh.bind} - wsmesh`;
  setState(byId("running"), mesh.running ? "running" : "not running", mesh.running ? "good" : "bad");
  suggestPath(mesh.path);
  drawMesh(byId("mesh"), mesh);
  showNodes(mesh.nodes);
  showSessions(mesh.sessions);
  showPeers(mesh.configuredPeers);
}

/** The node's own path, unless somebody has written another one. */
function suggestPath(path) {
  const field = byId("path");
  if (field.value === field.defaultValue) {
    field.defaultValue = path;
    field.value = path;
  }
}

function showHealth(health) {
  const state = byId("health");
  if (health === null) {
    setState(state, "health not known", "unknown");
    return;
  }
  const failing = Object.entries(health.components ?? {})
    .filter(([, component]) => component.status !== "UP")
    .map(([name]) => name);
  const because = failing.length === 0 ? "" : ` (${failing.join(", ")})`;
  setState(state, `health ${health.status}${because}`, health.status === "UP" ? "good" : "bad");
}

function showNodes(nodes) {
  byId("mesh-count").textContent = `(${nodes.length === 1 ? "1 node" : `${nodes.length} nodes`})`;
  const rows = nodes.map((node) =>
    row(
      cell(node.self ? `${node.name} (this node)` : node.name),
      cell(node.id, "address"),
      cell(node.version),
      cell(node.url ?? "cannot be dialled", "address"),
      timeCell(node.since),
      cell(count(node.links.length + node.linksOmitted), "number"),
      cell(count(node.counters.published), "number"),
      cell(count(node.counters.delivered), "number"),
      cell(count(node.counters.gaps), "number"),
    ),
  );
  fill(byId("nodes"), rows, "The node has not started yet.", 9);
}

function showSessions(sessions) {
  byId("sessions-count").textContent = `(${sessions.length})`;
  const rows = sessions.map((session) =>
    row(
      cell(session.address, "address"),
      cell(session.direction),
      timeCell(session.since),
      cell(count(session.messages.in), "number"),
      cell(count(session.messages.out), "number"),
      cell(size(session.bytes.in), "number"),
      cell(size(session.bytes.out), "number"),
      cell(session.queue.messages === 0 ? "empty" : `${count(session.queue.messages)} (${size(session.queue.bytes)})`, "number"),
    ),
  );
  fill(byId("sessions"), rows, "No peer is connected.", 8);
}

function showPeers(peers) {
  byId("peers-count").textContent = `(${peers.length})`;
  const rows = peers.map((peer) =>
    row(
      cell(peer.url, "address"),
      peerStateCell(peer.state),
      timeCell(peer.since),
      cell(count(peer.failedDials), "number"),
      cell(peer.lastFailure ?? "none", "long"),
    ),
  );
  fill(byId("peers"), rows, "No peers are configured: this node only accepts.", 5);
}

function showUnreachable(failure) {
  const reason = failure.name === "TimeoutError" ? "it did not answer in time" : failure.message;
  const what =
    lastAnswer === null
      ? "Nothing is known of the node yet."
      : `What is shown is from ${lastAnswer.toLocaleTimeString()}.`;
  setState(byId("running"), "not known", "unknown");
  setState(byId("health"), "health not known", "unknown");
  showNotice(`The node cannot be asked at actuator/mesh: ${reason}. ${what} It is asked again every 2 s.`);
}

/** Changed only when the words change, so that a screen reader says them once. */
function showNotice(text) {
  const notice = byId("notice");
  notice.hidden = text === null;
  if (text !== null && notice.textContent !== text) {
    notice.textContent = text;
  }
}

function setState(element, text, tone) {
  element.dataset.tone = tone;
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function fill(body, rows, emptyText, columns) {
  if (rows.length > 0) {
    body.replaceChildren(...rows);
    return;
  }
  const empty = cell(emptyText, "empty");
  empty.colSpan = columns;
  body.replaceChildren(row(empty));
}

function row(...cells) {
  const element = document.createElement("tr");
  element.append(...cells);
  return element;
}

function cell(text, className = "") {
  const element = document.createElement("td");
  element.textContent = text;
  element.className = className;
  return element;
}

function timeCell(since) {
  const element = cell("");
  const time = document.createElement("time");
  time.dateTime = since;
  time.title = new Date(since).toLocaleString();
  time.textContent = age(since);
  element.append(time);
  return element;
}

function peerStateCell(state) {
  const tones = { connected: "good", reached: "good", self: "good", unreachable: "bad" };
  const element = cell("");
  const label = document.createElement("span");
  label.className = "state";
  setState(label, state, tones[state] ?? "unknown");
  element.append(label);
  return element;
}

function age(since) {
  const seconds = Math.max(0, Math.round((Date.now() - new Date(since).getTime()) / 1_000));
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return `${minutes} min ${seconds % 60} s`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function count(number) {
  return number.toLocaleString("en-GB");
}

function size(bytes) {
  if (bytes < 1_000) {
    return `${bytes} B`;
  }
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** The WebSocket that is open or being opened; null otherwise. */
let socket = null;

byId("connection").addEventListener("submit", (event) => {
  event.preventDefault();
  if (socket === null) {
    connect(byId("path").value.trim() || "/");
  } else {
    socket.close(1000, "closed by the user");
  }
});

byId("message").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text");
  if (socket?.readyState !== WebSocket.OPEN) {
    return;
  }
  socket.send(text.value);
  addLine("sent", `> ${shortened(text.value)}`);
  text.value = "";
  text.focus();
});

function connect(path) {
  const url = URL.canParse(path, location.href) ? new URL(path, location.href) : null;
  if (url?.host !== location.host) {
    addLine("note", "The path must begin with one '/': this page connects to its own node only.");
    return;
  }
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.hash = "";
  const opened = new WebSocket(url);
  let wasOpen = false;
  opened.binaryType = "arraybuffer";
  opened.addEventListener("open", () => {
    wasOpen = true;
    showConnection("connected", "good");
    addLine("note", `Connected to ${url.href}`);
  });
  opened.addEventListener("message", ({ data }) => addLine("received", received(data)));
  opened.addEventListener("close", (event) => {
    socket = null;
    showConnection("not connected", "unknown");
    addLine("note", ending(event, url, wasOpen));
  });
  socket = opened;
  showConnection("connecting", "unknown");
}

function received(data) {
  return typeof data === "string" ? `< ${shortened(data)}` : `< (binary, ${data.byteLength} bytes, not shown)`;
}

/** Browsers do not say why an upgrade failed. */
function ending(event, url, wasOpen) {
  if (!wasOpen) {
    return `No connection to ${url.href}: the node is not reachable or refused the upgrade; its log says why.`;
  }
  const reason = event.reason === "" ? "" : ` (${shortened(event.reason)})`;
  return `The connection ended with code ${event.code}${reason}`;
}

function showConnection(state, tone) {
  const open = state === "connected";
  setState(byId("connection-state"), state, tone);
  byId("connect").textContent = socket === null ? "Connect" : "Disconnect";
  byId("path").disabled = socket !== null;
  byId("text").disabled = !open;
  byId("text").placeholder = open ? "A text for this node" : "Connect first";
  byId("send").disabled = !open;
}

function shortened(text) {
  return text.length <= MAX_SHOWN_CHARACTERS
    ? text
    : `${text.slice(0, MAX_SHOWN_CHARACTERS)}... (${count(text.length)} characters)`;
}

/** Adds a line, removes the oldest beyond the bound, and follows the end unless the reader has scrolled away from it. */
function addLine(kind, text) {
  const log = byId("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const line = document.createElement("li");
  line.className = kind;
  const when = document.createElement("span");
  when.className = "when";
  when.textContent = `${new Date().toLocaleTimeString("en-GB")} `;
  const words = document.createElement("span");
  words.className = "words";
  words.textContent = text;
  line.append(when, words);
  log.append(line);
  while (log.childElementCount > MAX_LOG_LINES) {
    log.firstElementChild.remove();
  }
  if (atEnd) {
    log.scrollTop = log.scrollHeight;
  }
}

refresh();
