// The bot of the burst benchmark with tmi.js: counts lines, answers !hello and !lines. $ENDPOINT, $CHANNELS, $LOGIN, $TOKEN,
// $NODE_EXTRA_CA_CERTS say where and as whom.
import https from 'node:https';
import tls from 'node:tls';
import tmi from 'tmi.js';

const { ENDPOINT, LOGIN, TOKEN, CHANNELS } = process.env;
const url = new URL(ENDPOINT);
const secure = url.protocol === 'wss:';
// With TLS, the port is fixed, save through the agent that makes connections.
const agent = new https.Agent();
agent.createConnection = options => tls.connect({ ...options, port: url.port });

const client = new tmi.Client({
  options: { debug: false, skipUpdatingEmotesets: true },
  logger: { setLevel() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {}, fatal() {} },
  connection: { server: url.hostname, port: Number(url.port), secure, reconnect: false, ...(secure && { agent }) },
  identity: { username: LOGIN, password: `oauth:${TOKEN}` },
  channels: CHANNELS.split(','),
});

let lines = 0;
client.on('cheer', () => ++lines); // a message with bits
client.on('message', (channel, tags, text, self) => {
  if (self) return;
  ++lines;
  if (text === '!hello') client.say(channel, `Hello, ${tags['display-name']}!`).catch(() => {});
  else if (text === '!lines') client.say(channel, `lines: ${lines}`).catch(() => {});
});
client.connect();
