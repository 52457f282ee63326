// @twurple/eventsub-ws against the simulated EventSub over WebSocket: events of several types as twurple reads them, a move to another
// socket, a loss, and a revocation.
import { begin, kinds, listen, subscriptions, tell, until } from './eventsub_checks.mjs';
import { check, control, end, equal } from './twitch_on_localhost.mjs';
import { ApiClient } from '@twurple/api';
import { EventSubWsListener } from '@twurple/eventsub-ws';

const { provider, id } = await begin();
const listener = new EventSubWsListener({ apiClient: new ApiClient({ authProvider: provider }), url: process.env.EVENTS });
const heard = listen(listener, id);
const revoked = [];
listener.onRevoke((subscription, status) => revoked.push(status));
listener.start();

await check('all subscriptions are made on one session', async () => {
  await until(async () => (await subscriptions()).length === kinds, 'the subscriptions');
  equal(new Set((await subscriptions()).map(x => x.transport.session_id)).size, 1);
});

await check('events of every type that was subscribed to are read', async () => {
  await tell('channel.follow', {});
  await tell('channel.raid', { viewers: 9001 }, { channel: 'red' });
  await tell('channel.channel_points_custom_reward_redemption.add', { user_input: 'with ice' });
  await tell('channel.chat.message', {});
  await tell('stream.online', {});
  await tell('channel.subscription.message', { cumulative_months: 12 });
  await until(() => heard.length === kinds, 'all of them');
  const of = kind => heard.find(x => x[0] === kind)[1];
  equal([of('follow').broadcasterName, of('follow').userName], ['red', 'somebody']);
  equal([of('raid').viewers, of('raid').raidedBroadcasterId], [9001, id]);
  equal([of('redemption').input, of('redemption').status, of('redemption').rewardCost], ['with ice', 'unfulfilled', 100]);
  equal(of('chat').messageText, 'hello there');
  equal(of('online').startDate <= new Date(), true);
  equal(of('resub').cumulativeMonths, 12);
});

await check('it follows to another socket with its subscriptions', async () => {
  await control('POST', '/event_sockets', { action: 'reconnect' });
  await until(async () => (await control('GET', '/eventsub')).counters.moves === 1, 'the move');
  equal((await subscriptions()).length, kinds);
  heard.length = 0;
  await until(async () => {
    await tell('channel.raid', { viewers: 2 });
    return heard.length > 0;
  }, 'a raid');
});

await check('after a loss it subscribes again', async () => {
  await control('POST', '/event_sockets', { action: 'close', code: 4000 });
  await until(async () => (await control('GET', '/eventsub')).counters.sessions === 2, 'another session');
  await until(async () => (await subscriptions()).length === kinds, 'the subscriptions');
  heard.length = 0;
  await tell('channel.follow', {});
  await until(() => heard.length === 1, 'a follower');
});

await check('a revocation is understood', async () => {
  await control('POST', '/revocations', { type: 'channel.follow', status: 'authorization_revoked' });
  await until(() => revoked.length === 1, 'the revocation');
  equal(revoked, ['authorization_revoked']);
});

await check('it has said nothing that it must not', async () => {
  equal((await control('GET', '/eventsub')).counters.inbound, 0);
});

end();
