// A subscriber made of npm's eventsource: prints what it hears, and goes on by itself when it is cut off.
import("eventsource").then(({ EventSource }) => {
  const events = new EventSource(process.argv[2]);
  events.onopen = () => console.log("open");
  events.onmessage = (event) => console.log(JSON.parse(event.data).text);
  events.addEventListener("gap", (event) => console.log("gap " + event.data));
});

// The library does not keep the process alive while it waits to connect again.
setInterval(() => {}, 1000);
