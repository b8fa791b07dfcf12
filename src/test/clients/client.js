// A plain peer made of npm's ws: says a line, prints what it hears, leaves after the second text.
const WebSocket = require("ws");

const peer = new WebSocket(process.argv[2]);
let heard = 0;
peer.on("open", () => peer.send("hello from node.js \u00e9"));
peer.on("message", (data) => {
  console.log(data.toString());
  if (++heard === 2) {
    peer.close(1000);
  }
});
