// @twurple/pubsub, the last one there was, against the simulated PubSub: what it listens to, how it reads each message, a move to another
// socket, and a refusal.
import https from 'node:https';
import tls from 'node:tls';
import { check, control, end, equal } from './twitch_on_localhost.mjs';
import { PubSubClient } from '@twurple/pubsub';

// It asks every few minutes whether the server is still there; here it is more curious.
const realInterval = globalThis.setInterval;
globalThis.setInterval = (task, pause, ...more) => realInterval(task, Math.min(pause, 500), ...more);

const app = 'twurple-pubsub', secret = 'its-secret';
const scopes = 'bits:read channel:read:redemptions channel:read:subscriptions channel:moderate whispers:read'.split(' ');
await control('POST', '/clients', { client_id: app, secret, rotate: true });
const { result } = await control('POST', '/grants', { login: 'red', client_id: app, scopes });
const users = await fetch('https://api.twitch.tv/helix/users',
                          { headers: { authorization: `Bearer ${result.access_token}`, 'client-id': app } });
const id = (await users.json()).data[0].id;
const token = { accessToken: result.access_token, userId: id, scope: scopes, refreshToken: null, expiresIn: null, obtainmentTimestamp: 0 };
const provider = { clientId: app, getCurrentScopesForUser: () => scopes, getAccessTokenForUser: async () => token,
                   getAnyAccessToken: async () => token };

// It knows Twitch's addresses only, and brings a fetch of its own along: its connections lead to the simulator all the same.
function leadingTo(url) {
  const agent = new https.Agent();
  agent.createConnection = () => tls.connect({ host: 'localhost', port: Number(new URL(url).port), servername: 'localhost' });
  return agent;
}

const realRequest = https.request;
https.request = (options, ...more) =>
  realRequest(options.hostname === 'id.twitch.tv' ? { ...options, agent: leadingTo(process.env.API) } : options, ...more);
const client = new PubSubClient({ authProvider: provider, wsOptions: { agent: leadingTo(process.env.EVENTS) } });
const heard = {};
const hear = kind => message => { heard[kind] = message; };
client.onBits(id, hear('bits'));
client.onBitsBadgeUnlock(id, hear('badge'));
client.onRedemption(id, hear('redemption'));
client.onSubscription(id, hear('subscription'));
client.onWhisper(id, hear('whisper'));
client.onModAction(id, id, hear('moderation'));

async function until(condition, what) {
  for (let i = 0; i < 400; ++i) {
    const found = await condition();
    if (found) return found;
    await new Promise(done => setTimeout(done, 25));
  }
  throw new Error(`not equal: ${what} never came`);
}

const state = async () => (await control('GET', '/eventsub')).pubsub;
const tell = (topic, message) => control('POST', '/pubsub', { topic, message });

await check('it listens to all topics', async () => {
  await until(async () => (await state()).topics === 6, 'the topics');
  equal((await state()).refused, 0);
});

const messages = {
  bits: ['channel-bits-events-v2', { data: { user_name: 'jwp', channel_name: 'red', user_id: '95546976', channel_id: id,
    time: '2017-02-09T13:23:58.168Z', chat_message: 'cheer10 yes', bits_used: 10, total_bits_used: 25, is_anonymous: false, context: 'cheer',
    badge_entitlement: null }, version: '1.0', message_type: 'bits_event', message_id: 'm' }],
  // Twitch's documentation showed it without `data`, twurple reads it with it.
  badge: ['channel-bits-badge-unlocks', { data: { user_id: '232889822', user_name: 'willowolf', channel_id: id, channel_name: 'red',
    badge_tier: 1000, chat_message: 'thanks', time: '2020-12-06T00:01:43.71Z' } }],
  redemption: ['channel-points-channel-v1', { type: 'reward-redeemed', data: { timestamp: '2019-11-12T01:29:34.98Z', redemption: {
    id: 'r', user: { id: '30515034', login: 'dave', display_name: 'Dave' }, channel_id: id, redeemed_at: '2019-12-11T18:52:53.12Z',
    reward: { id: 'w', channel_id: id, title: 'hit a gleesh', prompt: 'do it', cost: 10, is_user_input_required: true,
              background_color: '#00C7AC', image: null, default_image: { url_1x: 'a', url_2x: 'b', url_4x: 'c' } },
    user_input: 'yeooo', status: 'FULFILLED' } } }],
  subscription: ['channel-subscribe-events-v1', { user_name: 'tww2', display_name: 'TWW2', channel_name: 'red', user_id: '13405587',
    channel_id: id, time: '2015-12-19T16:39:57-08:00', sub_plan: '1000', sub_plan_name: 'Plan', cumulative_months: 9, streak_months: 3,
    context: 'resub', is_gift: false, sub_message: { message: 'A baby is born!', emotes: null }, multi_month_duration: 1 }],
  whisper: ['whispers', { type: 'whisper_received', data: '{}', data_object: { id: 41, message_id: 'm', thread_id: 't', body: 'hello',
    sent_ts: 1479160009, from_id: 39141793, tags: { login: 'dallas', display_name: 'Dallas', color: '#8A2BE2', user_type: '', emotes: [],
    badges: [] }, recipient: { id: Number(id), username: 'red', display_name: 'Red', color: '', user_type: '', badges: [] } } }],
};

await check('it reads a message of each topic', async () => {
  for (const [topic, message] of Object.values(messages)) await tell(`${topic}.${id}`, message);
  await tell(`chat_moderator_actions.${id}.${id}`, { type: 'moderation_action', data: { type: 'chat_login_moderation',
    moderation_action: 'timeout', args: ['bob', '600', 'rude'], created_by: 'red', created_by_user_id: id, msg_id: '',
    target_user_id: '2', target_user_login: 'bob', from_automod: false } });
  await until(() => Object.keys(heard).length === 6, 'all of them');
  equal([heard.bits.bits, heard.bits.userName, heard.bits.message], [10, 'jwp', 'cheer10 yes']);
  equal(heard.badge.badgeTier, 1000);
  equal([heard.redemption.rewardTitle, heard.redemption.message, heard.redemption.userDisplayName], ['hit a gleesh', 'yeooo', 'Dave']);
  equal([heard.subscription.cumulativeMonths, heard.subscription.isResub], [9, true]);
  equal([heard.whisper.text, heard.whisper.senderName], ['hello', 'dallas']);
  equal([heard.moderation.action, heard.moderation.args], ['timeout', ['bob', '600', 'rude']]);
});

await check('it listens again where it is told to go', async () => {
  await control('POST', '/pubsub_sockets', { action: 'reconnect' });
  await until(async () => (await state()).connections >= 2, 'another connection');
  await until(async () => (await state()).topics >= 6, 'the topics');
  delete heard.bits;
  await until(async () => {
    await tell(`channel-bits-events-v2.${id}`, messages.bits[1]);
    return heard.bits;
  }, 'a message');
});

await check('it asks whether the server is still there, and takes the answer for one', async () => {
  const before = await state();
  await until(async () => (await state()).pings >= before.pings + 3, 'its PINGs');
  const { connections, refused } = await state();
  equal([connections, refused], [before.connections, 0]);
});

end();
