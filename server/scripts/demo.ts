import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';

/** The story of the README, told by a real server, a real database and a real WhatsApp network, in less than a minute. */
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const bakery = '628111000111';
const customer = '628222000222';
const startedMs = performance.now();

const say = (text: string) => {
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(5);
  console.log(`${seconds} s  ${text}`);
};

const dataDir = await mkdtemp(join(tmpdir(), 'multiwa-demo-'));
let server: ReturnType<typeof spawn> | undefined;
let api = '';
let sandbox = '';
const heard: { headers: Record<string, string>; text: string }[] = [];
const shop = createServer((request, response) => {
  let text = '';
  request.on('data', (part: Buffer) => {
    text += part.toString();
  });
  request.on('end', () => {
    heard.push({ headers: request.headers as Record<string, string>, text });
    response.end('thanks');
  });
});

try {
  await story();
} finally {
  shop.close();
  await stop('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
}

async function story(): Promise<void> {
  say('An empty folder, no database server, no phone. Starting the gateway …');
  await start();
  say(`It is up, with its own PostgreSQL and its own WhatsApp network (${sandbox}).`);

  const registered = await call('POST', '/auth/register', {
    email: 'owner@bakery.example',
    password: 'sourdough at dawn',
    name: 'Owner',
    organizationName: 'Corner Bakery',
  });
  const token = { authorization: `Bearer ${registered.accessToken}` };
  const { key } = await call('POST', '/api-keys', { name: 'shop' }, token);
  const auth = { 'x-api-key': key as string };
  say('A bakery registered and made an API key for its shop.');

  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/whatsapp`;
  const webhook = await call('POST', '/webhooks', { url, events: ['message.*'] }, auth);

  const profile = await call('POST', '/profiles', { name: 'Front desk', engine: 'sandbox' }, auth);
  await call('POST', `/profiles/${profile.id}/connect`, {}, auth);
  const { text: qr } = await call('GET', `/profiles/${profile.id}/qr`, undefined, auth);
  await phone('POST', '/api/phones', { number: bakery, name: 'Corner Bakery' });
  await phone('POST', '/api/phones', { number: customer, name: 'Hungry customer' });
  await phone('POST', `/api/phones/${bakery}/scan`, { qr });
  await until(
    async () => (await call('GET', `/profiles/${profile.id}/status`, undefined, auth)).status === 'connected',
  );
  say('Its phone scanned the QR code: the profile is connected.');

  const send = (text: string, headers = {}) =>
    call(
      'POST',
      '/messages/text',
      { profileId: profile.id, to: `+${customer}`, text },
      { ...auth, ...headers },
    );
  const first = await send('Your bread is ready 🍞', { prefer: 'wait=10' });
  say(`A message went out: WhatsApp id ${first.waMessageId}.`);
  await phone('POST', `/api/phones/${customer}/read`, { chat: bakery });
  await until(
    async () => (await call('GET', `/messages/${first.messageId}`, undefined, auth)).status === 'read',
  );
  say('The customer read it: the message says "read".');
  await phone('POST', `/api/phones/${customer}/messages`, { to: bakery, type: 'text', text: 'On my way!' });
  const event = await until(async () => heard.find(({ text }) => text.includes('message.received')));
  const verified = new Webhook(Buffer.from(webhook.secret as string, 'utf8').toString('base64')).verify(
    event.text,
    event.headers,
  );
  say(
    `The customer answered. The shop's webhook heard "${(verified as { data: { body: string } }).data.body}", signature verified.`,
  );

  say('Now ten messages, and the server is killed (kill -9) in the middle of them …');
  const accepted = await Promise.all(Array.from({ length: 10 }, (_, i) => send(`Loaf ${i + 1} of 10`)));
  await stop('SIGKILL');
  say('Killed. Starting it again …');
  await start();
  const seen = await until(async () => {
    const ids = new Set<string>();
    for (const { waMessageId } of accepted) {
      const { entries } = await phone(
        'GET',
        `/api/ledger?number=${bakery}&messageId=${waMessageId}&limit=1000`,
      );
      if (entries.some((entry: { kind: string }) => entry.kind === 'message')) ids.add(waMessageId as string);
    }
    return ids.size === accepted.length && ids;
  });
  const shown = await until(async () => {
    const messages = await phone('GET', `/api/phones/${customer}/messages?chat=${bakery}&limit=1000`);
    const loaves = messages.filter((message: { text: string }) => message.text.startsWith('Loaf '));
    return loaves.length >= 10 && loaves;
  });
  const twice = shown.length - new Set(shown.map((message: { text: string }) => message.text)).size;
  say(`The network's ledger: ${seen.size} of 10 delivered, ${twice} of them twice.`);
  if (seen.size !== 10 || twice !== 0) process.exitCode = 1;
  await broadcast(profile.id, auth);
}

/** A broadcast to fifty: two opt out, one answers, and its numbers are those of the ledger. */
async function broadcast(profileId: string, auth: Record<string, string>): Promise<void> {
  const guests = Array.from({ length: 50 }, (_, n) => ({
    number: `6283330002${n + 10}`,
    name: `Guest ${n + 1}`,
  }));
  await Promise.all(guests.map((guest) => phone('POST', '/api/phones', guest)));
  const rows = guests.map(({ number, name }) => `${number},${name}`).join('\n');
  const base64 = Buffer.from(`phone,name\n${rows}\n`).toString('base64');
  const { id: table } = await call('POST', '/uploads/media', { base64, filename: 'guests.csv' }, auth);
  const { id } = await call(
    'POST',
    '/broadcast',
    {
      ...{ profileId, name: 'Rye on Friday', message: 'Good morning {name|there}, there is rye on Friday.' },
      ...{ recipients: { type: 'upload', value: [table] }, settings: { delayMin: 0, delayMax: 0 } },
    },
    auth,
  );
  await call('POST', `/broadcast/${id}/start`, {}, auth);
  say('Now a broadcast to a table of fifty guests, each by their name …');
  const numbers = async () => (await call('GET', `/broadcast/${id}/stats`, undefined, auth)).stats;
  await until(async () => (await numbers()).delivered === guests.length);
  const [first, second, third] = guests;
  for (const guest of [first, second]) {
    await phone('POST', `/api/phones/${guest?.number}/messages`, { to: bakery, type: 'text', text: 'STOP' });
  }
  await phone('POST', `/api/phones/${third?.number}/messages`, {
    to: bakery,
    type: 'text',
    text: 'Two, please!',
  });
  const stats = await until(async () => {
    const { optedOut, replied, ...rest } = await numbers();
    return optedOut === 2 && replied === 3 && { optedOut, replied, ...rest };
  });
  const { entries } = await phone('GET', `/api/ledger?number=${bakery}&kind=message&limit=10000`);
  const told = new Map(guests.map(({ number }) => [number, 0]));
  const ids = new Set<string>();
  for (const { to, messageId } of entries as { to: string; messageId: string }[]) {
    const number = /^\d+/.exec(String(to))?.[0] ?? '';
    if (!told.has(number) || ids.has(`${number} ${messageId}`)) continue;
    ids.add(`${number} ${messageId}`);
    told.set(number, (told.get(number) ?? 0) + 1);
  }
  // Who opted out was told once that it counts.
  const inLedger = [...told.values()].filter((n) => n > 0).length;
  say(
    `Its numbers: ${stats.sent} sent, ${stats.delivered} delivered, ${stats.replied} wrote back, ${stats.optedOut} of them STOP.`,
  );
  say(
    `The network's ledger: ${inLedger} guests got it, and the two who wrote STOP are left out from now on.`,
  );
  const left = await call('GET', '/opt-outs', undefined, auth);
  if (inLedger !== guests.length || stats.sent !== guests.length || left.length !== 2) process.exitCode = 1;
}

async function start(): Promise<void> {
  server = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH ?? '',
      PORT: '0',
      SANDBOX_PORT: '0',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  await new Promise<void>((resolve, reject) => {
    server?.stdout?.on('data', (part: Buffer) => {
      text += part.toString();
      if (/Next:/.test(text)) resolve();
    });
    server?.once('exit', () => reject(new Error('the server ended at its start')));
  });
  api = /API\s+(http:\S+)/.exec(text)?.[1] ?? '';
  sandbox = /Sandbox\s+(http:\S+?)\/api/.exec(text)?.[1] ?? '';
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  if (!server || server.exitCode !== null || server.signalCode !== null) return;
  server.removeAllListeners('exit');
  const gone = once(server, 'exit');
  server.kill(signal);
  await gone;
}

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const { data } = await request(`${api}${path}`, method, body, headers);
  return data;
}

async function phone(method: string, path: string, body?: unknown) {
  return request(`${sandbox}${path}`, method, body);
}

async function request(url: string, method: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as any;
  if (!response.ok) throw new Error(`${method} ${url}: ${JSON.stringify(answer)}`);
  return answer;
}

async function until<T>(check: () => Promise<T | false | undefined>): Promise<T> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await check();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('waited in vain');
}
