// @twurple/auth against the simulated identity server: codes, renewals, applications, devices, the end of tokens.
import { check, consent, control, end, equal, history, refused, visit } from './twitch_on_localhost.mjs';
import {
  AppTokenAuthProvider, RefreshingAuthProvider, exchangeCode, exchangeDeviceCode, getAppToken, getTokenInfo, refreshUserToken, revokeToken,
  startDeviceCodeFlow,
} from '@twurple/auth';

const app = 'twurple-auth', secret = 'its-secret', redirectUri = 'http://localhost:17999/back';
const scopes = ['chat:read', 'user:write:chat'];
await control('POST', '/clients', { client_id: app, secret, rotate: true, redirect_uris: [redirectUri] });

const code = async login => (await consent(app, redirectUri, scopes, { sim_consent: 'approve', sim_login: login })).get('code');
const isWrong = promise => promise.then(() => 'fine', why => why.constructor.name);

await check('the browser comes back with the code, the scopes and the state, or with why there is none', async () => {
  const given = await consent(app, redirectUri, scopes, { sim_consent: 'approve', sim_login: 'ann' });
  equal([given.get('code').length, given.get('scope'), given.get('state')], [30, scopes.join(' '), 'a state']);
  const denied = await consent(app, redirectUri, scopes, { sim_consent: 'deny' });
  equal([...denied], [['error', 'access_denied'], ['error_description', 'The user denied you access'], ['state', 'a state']]);
});

let token;
await check('exchangeCode: a token with scopes, a refresh token and four hours to live, for each code once', async () => {
  const mine = await code('ann');
  token = await exchangeCode(app, secret, mine, redirectUri);
  equal([token.scope, token.expiresIn > 14_390 && token.expiresIn <= 14_400, token.refreshToken.length], [scopes, true, 50]);
  await refused(exchangeCode(app, secret, mine, redirectUri), 400, 'Invalid authorization code');
  await refused(exchangeCode(app, 'wrong', await code('ann'), redirectUri), 403, 'invalid client secret');
  await refused(exchangeCode(app, secret, await code('ann'), redirectUri + '/other'), 400, 'redirect_uri');
});

await check('getTokenInfo: whose token it is, which application has it, and what it allows', async () => {
  const info = await getTokenInfo(token.accessToken, app);
  equal([info.userName, info.clientId, info.scopes, /^\d+$/.test(info.userId)], ['ann', app, scopes, true]);
  equal(Math.abs(info.expiryDate - Date.now() - 14_400_000) < 60_000, true, 'the time of its end');
  equal(await isWrong(getTokenInfo('nonsense')), 'InvalidTokenError');
});

await check('refreshUserToken: both tokens are new, and the old refresh token is good for nothing', async () => {
  const next = await refreshUserToken(app, secret, token.refreshToken);
  equal([next.accessToken === token.accessToken, next.refreshToken === token.refreshToken, next.scope], [false, false, scopes]);
  await refused(refreshUserToken(app, secret, token.refreshToken), 400, 'Invalid refresh token');
  token = next;
});

await check('RefreshingAuthProvider: addUserForCode, and a renewal when the token has expired', async () => {
  const renewed = [];
  const provider = new RefreshingAuthProvider({ clientId: app, clientSecret: secret, redirectUri });
  provider.onRefresh((user, fresh) => renewed.push([user, fresh.accessToken]));
  const user = await provider.addUserForCode(await code('bob'), ['chat']);
  const first = await provider.getAccessTokenForIntent('chat', ['chat:read']);
  equal([user, first.scope, renewed], [(await getTokenInfo(first.accessToken)).userId, scopes, []]);
  const expired = new RefreshingAuthProvider({ clientId: app, clientSecret: secret });
  expired.onRefresh((_, fresh) => renewed.push([user, fresh.accessToken]));
  expired.addUser(user, { ...first, expiresIn: 1, obtainmentTimestamp: 0 });
  const second = await expired.getAccessTokenForUser(user);
  equal([second.accessToken === first.accessToken, renewed], [false, [[user, second.accessToken]]]);
  equal((await history('refresh')).filter(x => x.login === 'bob').map(x => [x.verdict, x.rotated]), [['granted', true]]);
});

await check('RefreshingAuthProvider: addUserForToken renews a token that is refused, once', async () => {
  const { result: given } = await control('POST', '/grants', { login: 'carl', client_id: app, scopes });
  await control('DELETE', `/tokens/${given.access_token}`);
  const provider = new RefreshingAuthProvider({ clientId: app, clientSecret: secret });
  const user = await provider.addUserForToken({ accessToken: given.access_token, refreshToken: given.refresh_token, expiresIn: 14_400,
                                                obtainmentTimestamp: Date.now() });
  const now = await provider.getAccessTokenForUser(user);
  equal([(await getTokenInfo(now.accessToken)).userName, now.scope], ['carl', scopes]);
  equal((await history('refresh')).filter(x => x.login === 'carl').length, 1);
});

await check('AppTokenAuthProvider and getAppToken: a token that is nobody\'s, without scopes', async () => {
  const provider = new AppTokenAuthProvider(app, secret);
  const first = await provider.getAppAccessToken();
  equal((await provider.getAppAccessToken()).accessToken, first.accessToken, 'the second time');
  const info = await getTokenInfo((await getAppToken(app, secret)).accessToken);
  equal([info.userId, info.clientId, info.scopes ?? []], [null, app, []]);
  await refused(getAppToken(app, 'wrong'), 403, 'invalid client secret');
});

await check('startDeviceCodeFlow: pending until the code is entered, then a token of a client without a secret', async () => {
  const offer = await startDeviceCodeFlow('sim-public', scopes);
  equal([offer.userCode.length, offer.interval, offer.expiresIn], [8, 5, 1_800], 'the offer');
  await refused(exchangeDeviceCode('sim-public', offer.deviceCode, scopes), 400, 'authorization_pending');
  await visit(`${offer.verificationUri}&sim_consent=approve&sim_login=dora`);
  const given = await exchangeDeviceCode('sim-public', offer.deviceCode, scopes);
  equal((await getTokenInfo(given.accessToken)).userName, 'dora');
  await refused(exchangeDeviceCode('sim-public', offer.deviceCode, scopes), 400, 'invalid device code');
  const next = await refreshUserToken('sim-public', undefined, given.refreshToken);
  equal(next.refreshToken === given.refreshToken, false, 'its refresh token after a renewal');
});

await check('revokeToken: the token is refused from then on', async () => {
  await revokeToken(app, token.accessToken);
  equal(await isWrong(getTokenInfo(token.accessToken)), 'InvalidTokenError');
  await refused(revokeToken(app, token.accessToken), 400, 'Invalid token');
  await refused(revokeToken('nobody', 'nothing'), 404, 'client does not exist');
});

end();
