"use strict";

// Draws the mesh: all nodes on one ring, so that a node stays where it is, and links as straight lines across it.
// Whatever nodes said is only ever set as textContent.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 960;
/** With more, names stand like rays, and lines are thinner. */
const MAX_LEVEL_NAMES = 20;
/** With more, names would lie on each other: they are shown when a node is pointed at. */
const MAX_NAMES = 130;
const MAX_PLAIN_PEERS = 12;
const MAX_NAME_CHARACTERS = 22;
/** How many characters of an id tell nodes apart for a human. */
const SHORT_ID_CHARACTERS = 8;

let drawn = "";

/** Draws what /actuator/mesh says, if it is not what is drawn already. */
function drawMesh(svg, mesh) {
  const { nodes, edges } = graphOf(mesh);
  const fingerprint = JSON.stringify([nodes, edges.map((edge) => [edge.from, edge.to])]);
  if (fingerprint !== drawn) {
    drawn = fingerprint;
    draw(svg, nodes, edges);
  }
}

/** This node, those that told of themselves, those that only others named, and this node's plain peers. */
function graphOf(mesh) {
  const nodes = mesh.nodes.map((node) => ({
    id: node.id,
    name: node.name,
    kind: node.self ? "self" : "known",
    title: `${node.name}, version ${node.version}${node.url === null ? "" : `, ${node.url}`}`,
  }));
  const known = new Set(nodes.map((node) => node.id));
  const edges = new Map();
  for (const node of mesh.nodes) {
    for (const link of node.links) {
      addSilent(nodes, known, link.peer);
      const [from, to] = node.id < link.peer ? [node.id, link.peer] : [link.peer, node.id];
      const edge = edges.get(`${from} ${to}`) ?? { from, to, millis: null, own: false };
      edge.own ||= mesh.id === from || mesh.id === to;
      edge.millis = link.roundTripMillis ?? edge.millis;
      edges.set(`${from} ${to}`, edge);
    }
  }
  const all = [...edges.values()];
  addPlainPeers(nodes, all, mesh);
  return { nodes, edges: all };
}

function addSilent(nodes, known, id) {
  if (!known.has(id)) {
    known.add(id);
    const name = `${id.slice(0, SHORT_ID_CHARACTERS)}...`;
    nodes.push({ id, name, kind: "silent", title: `${id}, which has not told of itself yet` });
  }
}

function addPlainPeers(nodes, edges, mesh) {
  const self = mesh.nodes.find((node) => node.self)?.id;
  if (self === undefined) {
    return;
  }
  const shown = mesh.sessions.slice(0, MAX_PLAIN_PEERS);
  for (const session of shown) {
    const id = `plain ${session.address} ${session.since}`;
    nodes.push({ id, name: session.address, kind: "plain", title: `plain peer ${session.address}` });
    edges.push({ from: self, to: id, millis: null, own: true, plain: true });
  }
  const more = mesh.sessions.length - shown.length;
  if (more > 0) {
    nodes.push({ id: "plain", name: `${more} more plain peers`, kind: "plain", title: "" });
    edges.push({ from: self, to: "plain", millis: null, own: true, plain: true });
  }
}

function draw(svg, nodes, edges) {
  const rays = nodes.length > MAX_LEVEL_NAMES;
  const height = rays ? 890 : nodes.length <= 4 ? 300 : 480;
  const places = placesOf(nodes, rays, height);
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
  svg.classList.toggle("crowded", rays);
  svg.replaceChildren(
    ...edges.map((edge) => edgeElement(edge, places)),
    ...nodes.map((node) => nodeElement(node, places.get(node.id), rays, nodes.length <= MAX_NAMES)),
  );
  for (const element of svg.querySelectorAll(".node")) {
    element.addEventListener("pointerenter", () => pointAt(svg, element.dataset.id));
    element.addEventListener("pointerleave", () => pointAt(svg, null));
  }
}

/** The first node stands at the top, the others follow clockwise. */
function placesOf(nodes, rays, height) {
  const radiusX = rays ? 255 : nodes.length <= 4 ? 200 : 300;
  const radiusY = rays ? 255 : height / 2 - 50;
  return new Map(
    nodes.map((node, index) => {
      const angle = (index / nodes.length) * 2 * Math.PI - Math.PI / 2;
      const single = nodes.length === 1;
      return [
        node.id,
        {
          x: WIDTH / 2 + (single ? 0 : radiusX * Math.cos(angle)),
          y: height / 2 + (single ? 0 : radiusY * Math.sin(angle)),
          angle,
        },
      ];
    }),
  );
}

function edgeElement(edge, places) {
  const from = places.get(edge.from);
  const to = places.get(edge.to);
  const line = svgElement("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y });
  line.classList.add("edge");
  line.classList.toggle("own", edge.own);
  line.classList.toggle("plain", edge.plain === true);
  line.dataset.from = edge.from;
  line.dataset.to = edge.to;
  if (edge.millis !== null) {
    line.append(titleElement(`round trip ${edge.millis.toFixed(2)} ms`));
  }
  return line;
}

function nodeElement(node, place, rays, named) {
  const group = svgElement("g", { transform: `translate(${place.x} ${place.y})` });
  group.classList.add("node", node.kind);
  group.dataset.id = node.id;
  const size = rays ? 6 : 10;
  group.append(titleElement(node.title), svgElement("circle", { r: node.kind === "plain" ? size * 0.7 : size }));
  if (named || node.kind === "self") {
    group.append(rays ? rayName(node, place) : levelName(node, place));
  }
  return group;
}

/** Beside the node, away from the middle; above or below it where it stands at the top or the bottom. */
function levelName(node, place) {
  const side = Math.cos(place.angle);
  const upright = Math.abs(side) < 0.2;
  const text = svgElement("text", {
    x: upright ? 0 : 16 * Math.sign(side),
    y: upright ? (Math.sin(place.angle) < 0 ? -18 : 28) : 5,
    "text-anchor": upright ? "middle" : side > 0 ? "start" : "end",
  });
  text.textContent = shortName(node.name);
  return text;
}

/** Away from the middle, and never upside down. */
function rayName(node, place) {
  const degrees = (place.angle * 180) / Math.PI;
  const left = Math.cos(place.angle) < -1e-9;
  const text = svgElement("text", {
    x: left ? -12 : 12,
    y: 4,
    transform: `rotate(${left ? degrees + 180 : degrees})`,
    "text-anchor": left ? "end" : "start",
  });
  text.textContent = shortName(node.name);
  return text;
}

/** Makes a node and its links stand out; null ends that. */
function pointAt(svg, id) {
  const near = new Set([id]);
  for (const edge of svg.querySelectorAll(".edge")) {
    const touches = edge.dataset.from === id || edge.dataset.to === id;
    edge.classList.toggle("near", touches);
    if (touches) {
      near.add(edge.dataset.from).add(edge.dataset.to);
    }
  }
  for (const node of svg.querySelectorAll(".node")) {
    node.classList.toggle("near", near.has(node.dataset.id));
  }
  svg.classList.toggle("pointed", id !== null);
}

function shortName(name) {
  return name.length <= MAX_NAME_CHARACTERS ? name : `${name.slice(0, MAX_NAME_CHARACTERS - 1)}\u2026`;
}

function titleElement(words) {
  const title = svgElement("title", {});
  title.textContent = words;
  return title;
}

function svgElement(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  return element;
}
