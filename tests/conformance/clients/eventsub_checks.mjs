// What the checks of twurple's two EventSub listeners have in common: accounts, events, and waiting for them.
import { control } from './twitch_on_localhost.mjs';
import { RefreshingAuthProvider } from '@twurple/auth';

export const app = 'twurple-eventsub', secret = 'its-secret';
const scopes = 'bits:read channel:read:redemptions channel:read:subscriptions moderator:read:followers user:read:chat'.split(' ');

// A provider with red's token, red's id, and the application's registration.
export async function begin() {
  await control('POST', '/clients', { client_id: app, secret, rotate: true });
  const provider = new RefreshingAuthProvider({ clientId: app, clientSecret: secret });
  const { result } = await control('POST', '/grants', { login: 'red', client_id: app, scopes });
  const id = await provider.addUserForToken({ accessToken: result.access_token, refreshToken: result.refresh_token,
                                              expiresIn: 14_400, obtainmentTimestamp: Date.now() });
  return { provider, id };
}

export async function until(condition, what) {
  for (let i = 0; i < 400; ++i) {
    const found = await condition();
    if (found) return found;
    await new Promise(done => setTimeout(done, 25));
  }
  throw new Error(`not equal: ${what} never came`);
}

export const subscriptions = async () => (await control('GET', '/eventsub')).subscriptions.filter(x => x.status === 'enabled');

export const tell = (type, event, more = {}) => control('POST', '/events', { type, event, sample: true, ...more });

// Subscribes to some events with a listener, and remembers what its handlers are given.
export function listen(listener, id) {
  const heard = [];
  const hear = name => event => heard.push([name, event]);
  listener.onChannelFollow(id, id, hear('follow'));
  listener.onChannelRaidTo(id, hear('raid'));
  listener.onChannelRedemptionAdd(id, hear('redemption'));
  listener.onChannelChatMessage(id, id, hear('chat'));
  listener.onStreamOnline(id, hear('online'));
  listener.onChannelSubscriptionMessage(id, hear('resub'));
  return heard;
}

export const kinds = 6;
