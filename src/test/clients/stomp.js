// Subscribes, sends what it is told, prints what comes: node stomp.js URL DESTINATION TEXT
const { Client } = require('@stomp/stompjs');
const WebSocket = require('ws');

const [url, destination, text] = process.argv.slice(2);
const client = new Client({
  webSocketFactory: () => new WebSocket(url, ['v12.stomp', 'v11.stomp']),
  reconnectDelay: 0,
  heartbeatIncoming: 1000,
  heartbeatOutgoing: 1000,
});
client.onStompError = (frame) => {
  console.log('error ' + frame.headers.message);
  process.exit(1);
};
client.onConnect = () => {
  client.subscribe(
    destination,
    (message) => {
      console.log(message.headers.destination + ' ' + message.body);
      if (message.body === 'stop') {
        client.deactivate();
      }
    },
    { receipt: 'subscribed' },
  );
};
client.onUnhandledReceipt = (frame) => {
  console.log('receipt ' + frame.headers['receipt-id']);
  if (frame.headers['receipt-id'] === 'subscribed') {
    client.publish({ destination, body: text, headers: { receipt: 'sent', 'content-type': 'text/plain;charset=UTF-8' } });
  }
};
client.activate();
