// The bot of the burst benchmark with @twurple/chat: counts lines, answers !hello and !lines. $ENDPOINT, $CHANNELS, $LOGIN, $TOKEN,
// $CA_FILE say where and as whom.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';
import { StaticAuthProvider } from '@twurple/auth';
import { ChatClient } from '@twurple/chat';

const { ENDPOINT, LOGIN, TOKEN, CHANNELS, CA_FILE } = process.env;
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
  channels: CHANNELS.split(','),
  hostName: url.hostname,
  ssl: secure,
  isAlwaysMod: true,
  botLevel: 'verified',
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

let lines = 0;
client.onAction(() => ++lines); // `/me`
client.onMessage((channel, user, text, message) => {
  ++lines;
  if (text === '!hello') client.say(channel, `Hello, ${message.userInfo.displayName}!`).catch(() => {});
  else if (text === '!lines') client.say(channel, `lines: ${lines}`).catch(() => {});
});
client.connect();
