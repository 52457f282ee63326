// Times the JavaScript libraries' parsers over a capture, and shows what they make of its lines; see ../rust/src/main.rs.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseTwitchMessage } from '@twurple/chat';

const require = createRequire(import.meta.url);
const tmi = require('tmi.js/lib/parser');
const versions = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')).dependencies; // pinned

const lines = (file) => readFileSync(file, 'utf8').split('\n').map((line) => line.replace(/\r$/, '')).filter((line) => line);

// What the libraries have in common: command, channel, sender, text, tags.
const libraries = {
  twurple: {
    label: `twurple ${versions['@twurple/chat']}`,
    parse(line) {
      const message = parseTwitchMessage(line);
      const params = message.rawParamValues;
      return [message.command, params[0] ?? '', message.prefix?.nick ?? '', params[1] ?? '', message.tags];
    },
  },
  'tmi.js': {
    label: `tmi.js ${versions['tmi.js']}`,
    parse(line) {
      const message = tmi.msg(line);
      return [message.command, message.params[0] ?? '', message.prefix?.split('!')[0] ?? '', message.params[1] ?? '', message.tags];
    },
  },
};

const get = (tags, key) => (tags instanceof Map ? tags.get(key) : tags[key]);
const entries = (tags) => (tags instanceof Map ? [...tags.entries()] : Object.entries(tags));

function run(library, line, task) {
  const [, channel, nick, text, tags] = library.parse(line);
  let size = channel.length + nick.length + text.length;
  if (task === 'three_tags') for (const key of ['id', 'display-name', 'badges']) size += String(get(tags, key) ?? '').length;
  if (task === 'all_tags') for (const [key, value] of entries(tags)) size += key.length + String(value).length;
  return size;
}

let sink = 0;

function time(file, rounds) {
  const all = lines(file);
  for (const library of Object.values(libraries)) {
    for (const task of ['envelope', 'three_tags', 'all_tags']) {
      const times = [];
      for (let round = 0; round < rounds + 3; ++round) {
        const begin = process.hrtime.bigint();
        for (const line of all) sink += run(library, line, task);
        if (round >= 3) times.push(Number(process.hrtime.bigint() - begin) / all.length); // the first ones are for the compiler
      }
      console.log(JSON.stringify({ library: library.label, task, ns_per_line: times }));
    }
  }
}

function show(name, file) {
  for (const line of lines(file)) {
    const [command, channel, nick, text, tags] = libraries[name].parse(line);
    // tmi.js says `true` for a tag without a value.
    const pairs = entries(tags).map(([key, value]) => `${key}=${value === true ? '' : value}`).sort();
    console.log([command, channel, nick, text, pairs.join('\x1f')].join('\x1e').replaceAll('\n', '\u2424'));
  }
}

const [what, first, second] = process.argv.slice(2);
if (what === 'time' && Number(second) > 0) time(first, Number(second));
else if (what === 'show' && libraries[first]) show(first, second);
else {
  console.error('usage: parsers.js time FILE ROUNDS | parsers.js show LIBRARY FILE');
  process.exit(2);
}
