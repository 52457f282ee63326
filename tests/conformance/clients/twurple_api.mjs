// @twurple/api against the simulated Helix, as a broadcaster (red), a moderator (ann) and an application: each call, what it gives, and
// what the simulator saw of it.
import net from 'node:net';
import { check, control, end, equal, history, refused } from './twitch_on_localhost.mjs';
import { ApiClient } from '@twurple/api';
import { AppTokenAuthProvider, RefreshingAuthProvider, getTokenInfo } from '@twurple/auth';

const app = 'twurple-api', secret = 'its-secret';
const scopes = (
  'channel:bot channel:manage:broadcast channel:manage:moderators channel:manage:polls channel:manage:predictions channel:manage:raids ' +
  'channel:manage:redemptions channel:manage:vips clips:edit moderation:read moderator:manage:announcements ' +
  'moderator:manage:banned_users moderator:manage:chat_messages moderator:manage:chat_settings moderator:manage:shield_mode ' +
  'moderator:manage:shoutouts moderator:manage:warnings moderator:read:chatters moderator:read:followers user:bot ' +
  'user:manage:whispers user:read:email user:write:chat'
).split(' ');
await control('POST', '/clients', { client_id: app, secret, rotate: true });
const provider = new RefreshingAuthProvider({ clientId: app, clientSecret: secret });
const tokens = {};

async function add(login) {
  const { result } = await control('POST', '/grants', { login, client_id: app, scopes });
  tokens[login] = result.access_token;
  return provider.addUserForToken({ accessToken: result.access_token, refreshToken: result.refresh_token, expiresIn: 14_400,
                                    obtainmentTimestamp: Date.now() });
}

const ids = { red: await add('red'), ann: await add('ann') };
const api = new ApiClient({ authProvider: provider });
const asApp = new ApiClient({ authProvider: new AppTokenAuthProvider(app, secret), logger: { minLevel: 'error' } });
const asAnn = body => api.asUser(ids.ann, body);
const names = list => list.map(x => x.name);
const said = async () => (await history('message')).map(x => [x.login, x.channel, x.text, x.verdict, x.over]);

await control('POST', '/channels', { channel: 'red', roles: { ann: 'moderator', fan: 'follower' } });
await control('POST', '/streams', { channel: 'red', live: true, viewers: 7, title: 'Baking', game_id: '33', game_name: 'Food',
                                    language: 'de', tags: ['cosy'] });

// Somebody is in chat: logged in over IRC, and answered.
const join = login =>
  new Promise((resolve, reject) => {
    const socket = net.connect(Number(process.env.CHAT_PORT), 'localhost', () =>
      socket.write(`PASS oauth:sim-${login}\r\nNICK ${login}\r\nJOIN #red\r\n`));
    socket.setTimeout(10_000, () => reject(new Error(`${login} can't join`)));
    socket.on('data', data => String(data).includes(' JOIN #red') && resolve(socket));
    socket.on('error', reject);
  });

await check('users: by id and name, one\'s own with its address, and those who don\'t exist', async () => {
  equal(names(await api.users.getUsersByIds([ids.red, ids.ann])).sort(), ['ann', 'red']);
  const red = await asApp.users.getUserByName('red');
  equal([red.id, red.displayName, red.type, red.creationDate < new Date()], [ids.red, 'Red', '', true]);
  equal((await api.users.getAuthenticatedUser(ids.ann, true)).email, 'ann@example.com');
  equal(await asApp.users.getUserById('1'), null, 'nobody');
  for (const login of ['eve', 'fan']) ids[login] = (await asApp.users.getUserByName(login)).id;
});

await check('channels: read, changed, followers, VIPs, moderators', async () => {
  await api.channels.updateChannelInfo(ids.red, { title: 'More baking', gameId: '33', language: 'en', tags: ['warm'] });
  const red = await asApp.channels.getChannelInfoById(ids.red);
  equal([red.name, red.title, red.gameId, red.gameName, red.language, red.tags],
        ['red', 'More baking', '33', 'Food', 'en', ['warm']]);
  const fans = await api.channels.getChannelFollowers(ids.red);
  equal([fans.total, fans.data.map(x => x.userName)], [1, ['fan']]);
  await api.channels.addVip(ids.red, ids.fan);
  equal(names((await api.channels.getVips(ids.red)).data), ['fan']);
  await api.channels.removeVip(ids.red, ids.fan);
  await api.moderation.addModerator(ids.red, ids.fan);
  equal((await api.moderation.getModerators(ids.red)).data.map(x => x.userName).sort(), ['ann', 'fan']);
  await api.moderation.removeModerator(ids.red, ids.fan);
});

await check('streams: who is live, with how many viewers', async () => {
  const stream = await asApp.streams.getStreamByUserName('red');
  equal([stream.userId, stream.title, stream.viewers, stream.type, stream.startDate <= new Date()],
        [ids.red, 'More baking', 7, 'live', true]);
  equal(await asApp.streams.getStreamByUserName('eve'), null, 'somebody who is not live');
});

await check('chatters: all of them, page by page', async () => {
  const logins = ['ann', 'eve', 'fan', 'gus', 'hal'];
  await Promise.all(logins.map(join)); // and they stay: what is done here later on is heard by somebody
  const found = [];
  let page = await api.chat.getChatters(ids.red, { limit: 2 });
  equal(page.total, 5, 'their number');
  for (; ; page = await api.chat.getChatters(ids.red, { limit: 2, after: page.cursor })) {
    found.push(...page.data.map(x => x.userName));
    if (!page.cursor || found.length > 5) break;
  }
  equal(found.sort(), logins);
  equal((await asAnn(x => x.chat.getChatters(ids.red))).data.length, 5, 'a moderator sees as many');
});

let line;
await check('sendChatMessage: said as a user, as an application, as an answer; a drop is told with its reason', async () => {
  const sent = await asAnn(x => x.chat.sendChatMessage(ids.red, 'hello from twurple'));
  equal(sent.isSent, true);
  line = sent.id;
  await asApp.chat.sendChatMessageAsApp(ids.ann, ids.red, 'as an application', { replyParentMessageId: line });
  equal(await said(), [['ann', 'red', 'hello from twurple', 'delivered', 'helix'],
                       ['ann', 'red', 'as an application', 'delivered', 'helix']], 'what was said');
  equal((await history('message'))[1].reply_to, line, 'what it answers');
  await control('POST', '/channels', { channel: 'green', slow: 120 });
  ids.green = (await asApp.users.getUserByName('green')).id;
  await asAnn(x => x.chat.sendChatMessage(ids.green, 'first'));
  const why = await asAnn(x => x.chat.sendChatMessage(ids.green, 'second')).then(() => null, x => x);
  equal([why?.constructor.name, why?.code?.length > 0], ['ChatMessageDroppedError', true], `what was dropped (${why?.message})`);
});

await check('sendAnnouncement and shoutoutUser', async () => {
  await asAnn(x => x.chat.sendAnnouncement(ids.red, { message: 'coffee is ready', color: 'purple' }));
  await asAnn(x => x.chat.shoutoutUser(ids.red, ids.eve));
  equal((await history('line')).filter(x => x.kind === 'USERNOTICE').length, 1, 'announcements');
  equal((await history('shoutout')).map(x => [x.channel, x.target, x.login]), [['red', 'eve', 'ann']]);
  await refused(asAnn(x => x.chat.shoutoutUser(ids.red, ids.red)), 400, 'may not give themselves');
});

await check('bans, timeouts and their end', async () => {
  const [timeout] = await asAnn(x => x.moderation.banUser(ids.red, { user: ids.eve, duration: 60, reason: 'spam' }));
  equal([timeout.userId, timeout.expiryDate - timeout.creationDate], [ids.eve, 60_000]);
  await asAnn(x => x.moderation.unbanUser(ids.red, ids.eve));
  const [ban] = await asAnn(x => x.moderation.banUser(ids.red, { user: ids.eve, reason: 'more spam' }));
  equal([ban.userId, ban.expiryDate], [ids.eve, null]);
  await refused(asAnn(x => x.moderation.banUser(ids.red, { user: ids.eve, reason: '' })), 400, 'already banned');
  await asAnn(x => x.moderation.unbanUser(ids.red, ids.eve));
  await refused(asAnn(x => x.moderation.unbanUser(ids.red, ids.eve)), 400, 'not banned');
  await refused(asAnn(x => x.moderation.banUser(ids.green, { user: ids.eve, reason: '' })), 403, 'moderators');
  equal((await history('line')).filter(x => x.kind === 'CLEARCHAT').length, 2, 'CLEARCHATs');
});

await check('deleteChatMessages, warnUser', async () => {
  const { result: spam } = await control('POST', '/say', { channel: 'red', login: 'eve', text: 'spam' });
  await asAnn(x => x.moderation.deleteChatMessages(ids.red, spam));
  await refused(asAnn(x => x.moderation.deleteChatMessages(ids.red, 'no-such-line')), 404, 'not found');
  const warning = await asAnn(x => x.moderation.warnUser(ids.red, ids.eve, 'no spam'));
  equal([warning.userId, warning.moderatorId, warning.reason], [ids.eve, ids.ann, 'no spam']);
  await asAnn(x => x.moderation.deleteChatMessages(ids.red));
  equal((await history('warning')).map(x => [x.login, x.reason]), [['eve', 'no spam']]);
});

await check('chat settings and shield mode', async () => {
  const wish = { slowModeEnabled: true, slowModeDelay: 10, uniqueChatModeEnabled: true };
  const changed = await asAnn(x => x.chat.updateSettings(ids.red, wish));
  equal([changed.slowModeDelay, changed.uniqueChatModeEnabled, changed.nonModeratorChatDelayEnabled], [10, true, false]);
  const seen = await asApp.chat.getSettings(ids.red);
  equal([seen.slowModeEnabled, seen.slowModeDelay, seen.followerOnlyModeEnabled, seen.followerOnlyModeDelay], [true, 10, false, null]);
  await asAnn(x => x.chat.updateSettings(ids.red, { slowModeEnabled: false, uniqueChatModeEnabled: false }));
  const shield = await asAnn(x => x.moderation.updateShieldModeStatus(ids.red, true));
  equal([shield.isActive, shield.moderatorName, (await asAnn(x => x.moderation.getShieldModeStatus(ids.red))).isActive],
        [true, 'ann', true]);
});

await check('raids: begun once, cancelled once', async () => {
  const raid = await api.raids.startRaid(ids.red, ids.eve);
  equal([raid.targetIsMature, Math.abs(raid.creationDate - Date.now()) < 60_000], [false, true]);
  await refused(api.raids.startRaid(ids.red, ids.eve), 409, 'already');
  await api.raids.cancelRaid(ids.red);
  await refused(api.raids.cancelRaid(ids.red), 404, 'pending raid');
});

await check('polls: made, found, ended', async () => {
  const poll = await api.polls.createPoll(ids.red, { title: 'Coffee?', choices: ['yes', 'no'], duration: 60 });
  equal([poll.status, poll.choices.map(x => [x.title, x.totalVotes]), poll.durationInSeconds],
        ['ACTIVE', [['yes', 0], ['no', 0]], 60]);
  equal((await api.polls.getPollById(ids.red, poll.id)).title, 'Coffee?');
  await refused(api.polls.createPoll(ids.red, { title: 'Tea?', choices: ['yes', 'no'], duration: 60 }), 400, 'already has a poll');
  equal((await api.polls.endPoll(ids.red, poll.id)).status, 'TERMINATED');
});

await check('predictions: made, locked, resolved', async () => {
  const made = await api.predictions.createPrediction(ids.red, { title: 'Who?', outcomes: ['a', 'b'], autoLockAfter: 60 });
  equal([made.status, made.outcomes.map(x => x.title), made.winningOutcome], ['ACTIVE', ['a', 'b'], null]);
  equal((await api.predictions.lockPrediction(ids.red, made.id)).status, 'LOCKED');
  const over = await api.predictions.resolvePrediction(ids.red, made.id, made.outcomes[1].id);
  equal([over.status, over.winningOutcome.title], ['RESOLVED', 'b']);
});

await check('rewards and redemptions', async () => {
  const reward = await api.channelPoints.createCustomReward(ids.red, { title: 'Water', cost: 5, prompt: 'drink', globalCooldown: 30 });
  equal([reward.title, reward.cost, reward.globalCooldown, reward.isEnabled, reward.maxRedemptionsPerStream], ['Water', 5, 30, true, null]);
  equal((await api.channelPoints.updateCustomReward(ids.red, reward.id, { cost: 7 })).cost, 7);
  for (let i = 0; i < 3; ++i)
    await control('POST', '/redemptions', { channel: 'red', login: `viewer${i}`, reward_id: reward.id, user_input: `cup ${i}` });
  const open = (await api.channelPoints.getRedemptionsForBroadcaster(ids.red, reward.id, 'UNFULFILLED', {})).data;
  equal(open.map(x => [x.userName, x.userInput, x.rewardCost]).sort(), [0, 1, 2].map(i => [`viewer${i}`, `cup ${i}`, 7]));
  const [done] = await api.channelPoints.updateRedemptionStatusByIds(ids.red, reward.id, [open[0].id], 'FULFILLED');
  equal([done.id, done.isFulfilled], [open[0].id, true]);
  await api.channelPoints.deleteCustomReward(ids.red, reward.id);
  equal(await api.channelPoints.getCustomRewards(ids.red), []);
});

await check('whispers and clips', async () => {
  await api.whispers.sendWhisper(ids.ann, ids.eve, 'psst');
  equal((await history('whisper')).length, 1);
  const clip = await asAnn(x => x.clips.createClip({ channel: ids.red }));
  const seen = await asApp.clips.getClipById(clip);
  equal([seen.broadcasterId, seen.creatorId], [ids.red, ids.ann]);
});

await check('EventSub: conduits, shards and subscriptions as they are listed', async () => {
  const conduit = await asApp.eventSub.createConduit(2);
  equal([(await asApp.eventSub.updateConduit(conduit.id, 3)).shardCount, (await asApp.eventSub.getConduits()).length], [3, 1]);
  const transport = { method: 'webhook', callback: 'https://localhost/eventsub', secret: 'a secret of it' };
  const [shard] = await asApp.eventSub.updateConduitShards(conduit.id, [{ id: '0', transport }]);
  equal([shard.id, shard.status], ['0', 'webhook_callback_verification_pending']);
  const made = await asApp.eventSub.subscribeToStreamOnlineEvents(ids.red, { method: 'conduit', conduit_id: conduit.id });
  equal([made.type, made.status, made.condition], ['stream.online', 'enabled', { broadcaster_user_id: ids.red }]);
  const listed = await asApp.eventSub.getSubscriptions();
  equal([listed.data.map(x => x.id), listed.total, listed.maxTotalCost], [[made.id], 1, 10_000]);
  await refused(asApp.eventSub.subscribeToStreamOnlineEvents(ids.red, { method: 'conduit', conduit_id: conduit.id }), 409, 'exists');
  await made.unsubscribe();
  await conduit.delete();
  equal((await asApp.eventSub.getSubscriptions()).total, 0);
});

await check('a token that Twitch refuses is renewed once, and the call repeated', async () => {
  await control('DELETE', `/tokens/${tokens.ann}`);
  await asAnn(x => x.chat.sendChatMessage(ids.red, 'with a new token'));
  equal((await said()).at(-1).slice(2, 4), ['with a new token', 'delivered']);
  equal((await history('refresh')).map(x => [x.login, x.verdict, x.rotated]), [['ann', 'granted', true]]);
  const { accessToken } = await provider.getAccessTokenForUser(ids.ann);
  equal((await getTokenInfo(accessToken)).userName, 'ann');
});

await check('a missing scope is named', async () => {
  const { result } = await control('POST', '/grants', { login: 'eve', client_id: app, scopes: ['chat:read'] });
  const few = new RefreshingAuthProvider({ clientId: app, clientSecret: secret });
  // It is told of more than Twitch has granted, or it would not even ask.
  few.addUser(ids.eve, { accessToken: result.access_token, refreshToken: result.refresh_token, expiresIn: 14_400,
                         obtainmentTimestamp: Date.now(), scope: ['user:write:chat'] });
  const eve = new ApiClient({ authProvider: few });
  await refused(eve.asUser(ids.eve, x => x.chat.sendChatMessage(ids.red, 'hi')), 401, 'Missing scope: user:write:chat');
});

await check('the headers of the rate limit are obeyed: of 40 calls at once, Twitch refuses none, although it allows 20 in two seconds', async () => {
  await control('POST', '/settings', { rate_limit: 20, rate_period: '2s' });
  const users = await Promise.all([...Array(40)].map((_, i) => asApp.users.getUserByName(`viewer${i}`)));
  equal(names(users), [...Array(40)].map((_, i) => `viewer${i}`));
  equal((await control('GET', '/counters')).too_many_requests, 0, 'refused calls');
});

end();
