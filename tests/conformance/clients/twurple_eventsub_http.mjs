// @twurple/eventsub-http behind its own HTTPS server: it has to pass the simulated Twitch's challenge, and to accept its signatures.
import fs from 'node:fs';
import https from 'node:https';
import { app, begin, kinds, listen, secret, subscriptions, tell, until } from './eventsub_checks.mjs';
import { check, control, end, equal } from './twitch_on_localhost.mjs';
import { ApiClient } from '@twurple/api';
import { AppTokenAuthProvider } from '@twurple/auth';
import { EventSubMiddleware } from '@twurple/eventsub-http';
import express from 'express';

const { id } = await begin();
const web = express();
const server = https.createServer({ key: fs.readFileSync(process.env.TLS_KEY), cert: fs.readFileSync(process.env.TLS_CERT) }, web);
await new Promise(done => server.listen(0, '127.0.0.1', done));
const middleware = new EventSubMiddleware({
  apiClient: new ApiClient({ authProvider: new AppTokenAuthProvider(app, secret) }),
  hostName: `localhost:${server.address().port}`, pathPrefix: '/twitch', secret: 'nobody guesses this one', strictHostCheck: false,
});
middleware.apply(web);
const verified = [], revoked = [];
middleware.onVerify((ok, subscription) => verified.push(ok));
middleware.onRevoke((subscription, status) => revoked.push(status));
await control('POST', '/webhooks', { retry: 0.05, longest_retry: 0.2, attempts: 100 });
await middleware.markAsReady();
// All but chat, for which an application's token needs more than red has allowed.
const heard = listen(middleware, id);

await check('it passes the challenge of every callback', async () => {
  await until(() => verified.length >= kinds - 1, 'the verifications');
  equal(verified.every(x => x), true);
  await until(async () => (await subscriptions()).length >= kinds - 1, 'the subscriptions');
});

await check('it accepts the signature of every event', async () => {
  await tell('channel.follow', {});
  await tell('channel.raid', { viewers: 9001 });
  await tell('channel.channel_points_custom_reward_redemption.add', {});
  await tell('stream.online', {});
  await tell('channel.subscription.message', { cumulative_months: 12 });
  await until(() => heard.length === kinds - 1, 'all of them');
  equal(heard.find(x => x[0] === 'raid')[1].viewers, 9001);
  await until(async () => (await control('GET', '/eventsub')).webhooks.waiting === 0, 'the last acknowledgement');
});

await check('it takes a repetition under the same id for none', async () => {
  heard.length = 0;
  await tell('channel.follow', {}, { repeat: 2 });
  await until(async () => (await control('GET', '/eventsub')).webhooks.waiting === 0, 'the last acknowledgement');
  equal(heard.length, 1);
});

await check('it refuses a wrong signature', async () => {
  heard.length = 0;
  await control('POST', '/webhooks', { attempts: 1, failures: 100 });
  await tell('channel.follow', {}, { wrong_signature: true });
  await until(async () => (await control('GET', '/eventsub')).webhooks.given_up === 1, 'the refusal');
  equal(heard.length, 0);
});

await check('a revocation is understood', async () => {
  await control('POST', '/revocations', { type: 'channel.follow', status: 'authorization_revoked' });
  await until(() => revoked.length === 1, 'the revocation');
  equal(revoked, ['authorization_revoked']);
});

server.close();
end();
