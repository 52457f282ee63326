// @twurple/chat against a Twitch chat at $ENDPOINT: logs in, joins, says a line, waits for a viewer's.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { StaticAuthProvider } from '@twurple/auth';
import { ChatClient } from '@twurple/chat';

const { ENDPOINT, LOGIN, TOKEN, CHANNEL, SAY, EXPECT, CA_FILE } = process.env;
const scopes = ['chat:read', 'chat:edit'];
const url = new URL(ENDPOINT);
const secure = url.protocol === 'wss:';

// Before it connects, twurple asks Twitch whose token it has. That is no part of chat, so it is answered here.
const realFetch = globalThis.fetch;
globalThis.fetch = async (target, options) =>
  String(target.url ?? target).startsWith('https://id.twitch.tv/oauth2/validate')
    ? new Response(JSON.stringify({ client_id: 'client', login: LOGIN, user_id: '1', scopes, expires_in: 3600 }),
                   { headers: { 'content-type': 'application/json' } })
    : realFetch(target, options);

const client = new ChatClient({
  authProvider: new StaticAuthProvider('client', TOKEN, scopes),
  channels: [CHANNEL],
  hostName: url.hostname,
  ssl: secure,
  // The port is fixed, save through the options of the WebSocket beneath.
  connectionOptions: {
    wsOptions: {
      createConnection: () =>
        secure
          ? tls.connect({ host: url.hostname, port: url.port, servername: url.hostname, ca: readFileSync(CA_FILE) })
          : net.connect({ host: url.hostname, port: url.port }),
    },
  },
});

client.onAuthenticationFailure(text => fail(`authentication: ${text}`));
client.onJoinFailure((channel, why) => fail(`join: ${why}`));
client.onMessageFailed((channel, why) => fail(`message failed: ${why}`));
client.onMessageRatelimit(() => fail('message ratelimit'));
client.onJoin((channel, user) => {
  if (user === LOGIN) client.say(CHANNEL, SAY).catch(why => fail(`say: ${why}`));
});
client.onMessage((channel, user, text, message) => {
  if (text !== EXPECT) return;
  if (!message.id || !message.channelId || !message.userInfo.userId) fail('the line came without its tags');
  process.exit(0);
});
client.connect();

function fail(why) {
  console.error(why);
  process.exit(1);
}
