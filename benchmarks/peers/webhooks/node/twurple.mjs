// The webhooks benchmark with @twurple/eventsub-http: its own listener, behind a proxy as it were. Says where it listens, and answers each
// line of input with how many events it has handled. $PORT, $SECRET.
import readline from 'node:readline';
import { ApiClient } from '@twurple/api';
import { AppTokenAuthProvider } from '@twurple/auth';
import { EventSubHttpListener, ReverseProxyAdapter } from '@twurple/eventsub-http';

const { PORT, SECRET } = process.env;
const listener = new EventSubHttpListener({
  apiClient: new ApiClient({ authProvider: new AppTokenAuthProvider('client', 'secret') }),
  adapter: new ReverseProxyAdapter({ hostName: 'localhost', port: Number(PORT) }),
  secret: SECRET,
  strictHostCheck: false, // which would want Twitch's own addresses
  managed: false, // nobody is asked to subscribe
});

let events = 0;
const subscription = listener.onChannelRaidTo('1337', () => ++events);
listener.start();
console.log(JSON.stringify({ path: `/event/${subscription.id}` }));
readline.createInterface({ input: process.stdin })
  .on('line', () => console.log(JSON.stringify({ events })))
  .on('close', () => process.exit(0));
