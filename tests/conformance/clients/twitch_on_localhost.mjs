// Leads what is meant for Twitch's hosts to the simulated Twitch at $API (https, its certificate is in $NODE_EXTRA_CA_CERTS), so that
// a client that knows no other address can be tried as it is. And what the checks of such a client share.
import { isDeepStrictEqual } from 'node:util';

const { API, CONTROL } = process.env;
const twitch = new Set(['id.twitch.tv', 'api.twitch.tv']);
const realFetch = globalThis.fetch;

globalThis.fetch = async (target, options) => {
  const url = new URL(target.url ?? target);
  if (twitch.has(url.hostname)) return realFetch(API + url.pathname + url.search, options);
  throw new Error(`nobody but Twitch is to be asked, but this was: ${url.hostname}`);
};

// Asks the simulator's control API.
export async function control(method, path, body) {
  const answer = await realFetch(CONTROL + path, { method, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
  return answer.headers.get('content-type')?.startsWith('application/json') ? JSON.parse(text) : text;
}

// What the simulator has seen, of one kind.
export async function history(kind) {
  const lines = (await control('GET', '/history?from=1&limit=20000')).trim().split('\n');
  return lines.map(line => JSON.parse(line)).filter(x => x.event === kind);
}

// The identity server sends a browser back to this address: with what, after a user's answer?
export async function consent(clientId, redirectUri, scopes, decision) {
  const query = new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: redirectUri,
                                      scope: scopes.join(' '), state: 'a state', ...decision });
  const answer = await realFetch(`${API}/oauth2/authorize?${query}`, { redirect: 'manual' });
  return new URL(answer.headers.get('location')).searchParams;
}

// Opens a page of the simulated Twitch, whatever host it claims to be on.
export const visit = url => globalThis.fetch(url.replace(API, 'https://id.twitch.tv'));

let failed = 0;

// One check. What it compares is in its name; what it throws is why it failed.
export async function check(name, body) {
  try {
    await body();
    console.log(`ok ${name}`);
  } catch (why) {
    failed += 1;
    console.log(`not ok ${name}: ${why.stack?.includes('not equal:') ? why.message : why.stack}`);
  }
}

export function equal(found, expected, what = 'it') {
  if (!isDeepStrictEqual(found, expected))
    throw new Error(`${what} is not equal: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}

// That a call is refused with this status, and that Twitch's own words are passed on.
export async function refused(promise, status, text) {
  const why = await promise.then(() => null, x => x);
  if (!why) throw new Error(`not equal: it was done, expected ${status}`);
  equal([why.statusCode, String(why.body).includes(text)], [status, true], `the refusal (${why.message})`);
}

export function end() {
  process.exit(failed ? 1 : 0);
}
