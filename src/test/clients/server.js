// A peer to be dialled, made of npm's ws: prints its port, then what it hears, and answers each text.
const { WebSocketServer } = require("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 }, () => console.log("port " + server.address().port));
server.on("connection", (peer) => {
  peer.on("message", (data) => {
    console.log(data.toString());
    peer.send("node.js heard: " + data);
  });
});
