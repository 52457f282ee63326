// tmi.js against a Twitch chat at $ENDPOINT: logs in, joins, says a line, waits for a viewer's.
import https from 'node:https';
import tls from 'node:tls';
import tmi from 'tmi.js';

const { ENDPOINT, LOGIN, TOKEN, CHANNEL, SAY, EXPECT } = process.env;
const url = new URL(ENDPOINT);
const secure = url.protocol === 'wss:';
// With TLS, the port is fixed, save through the agent that makes connections.
const agent = new https.Agent();
agent.createConnection = options => tls.connect({ ...options, port: url.port });

const client = new tmi.Client({
  options: { debug: false, skipUpdatingEmotesets: true },
  connection: { server: url.hostname, port: Number(url.port), secure, reconnect: false, ...(secure && { agent }) },
  identity: { username: LOGIN, password: `oauth:${TOKEN}` },
  channels: [CHANNEL],
});

client.on('join', (channel, user, self) => {
  if (self) client.say(CHANNEL, SAY).catch(why => fail(`say: ${why}`));
});
client.on('message', (channel, tags, text, self) => {
  if (self || text !== EXPECT) return;
  if (!tags.id || !tags['room-id'] || !tags['user-id']) fail('the line came without its tags');
  process.exit(0);
});
client.on('disconnected', why => fail(`disconnected: ${why}`));
client.connect().catch(why => fail(`connect: ${why}`));

function fail(why) {
  console.error(why);
  process.exit(1);
}
