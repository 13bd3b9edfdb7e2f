import { request as openRequest } from 'node:http';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failures } from '../src/platform/failures.ts';
import type { Answer } from './client.ts';
import { type DocumentedRoute, documentedRoutes, filled, filledRoute, ownThings } from './documented.ts';
import { forged, strange, strangeTexts } from './hostile-values.ts';
import { type House, openHouse } from './house.ts';
import { type MailSink, startMailSink } from './kit/mail-sink.ts';
import { shareOf } from './kit/share.ts';
import { seeded } from './seeded.ts';
import { newTenant, type Tenant } from './tenant.ts';
import { until } from './until.ts';

const seed = 20_260_206;
const routes = documentedRoutes();
const withBody = routes.filter(({ fields }) => fields.length > 0);
const unknown = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c12';

let house: House;
let mail: MailSink;
let tenant: Tenant;
let ids: Record<string, string>;

beforeAll(async () => {
  mail = await startMailSink();
  // Hours are turned below; what waits to be sent must not expire in the middle of it.
  // Bodies of ten megabytes are too large for every route.
  const env = { MESSAGE_VALIDITY: '2592000', MEDIA_BASE64_BYTES_MAX: '1000000' };
  house = await openHouse({ ...mail.env, ...env });
  tenant = await newTenant(house.api);
  ids = await ownThings(tenant);
});
afterAll(async () => {
  await house?.close();
  await mail?.close();
});

/** The example with the tenant's own ids, so that only the strange value is at fault. */
function fitting({ example }: DocumentedRoute): Record<string, unknown> {
  return 'profileId' in example ? { ...example, profileId: ids.profileId } : example;
}

/** For each field some kinds of strangeness, the next field taking others, then some bodies with several at once. */
function* bodiesFor(route: DocumentedRoute): Generator<[string, unknown]> {
  const body = fitting(route);
  for (const [nth, field] of route.fields.entries()) {
    for (const value of shareOf(strange, 8, nth + route.address.length)) {
      yield [field, { ...body, [field]: value }];
    }
  }
  const random = seeded(seed);
  const draw = (below: number) => Math.floor(random() * below);
  for (const n of shareOf(fifteen, 5, route.address.length)) {
    const changed = route.fields
      .filter(() => draw(2) === 0)
      .map((field) => [field, strange[draw(strange.length)]]);
    yield [`several (${n})`, { ...body, ...Object.fromEntries(changed) }];
  }
}

const fifteen = Array.from({ length: 15 }, (_, n) => n);

const watched = ['organizations', 'workspaces', 'accounts', 'users', 'api_keys', 'contacts', 'conversations'];
watched.push(
  'hooks',
  'hook_receipts',
  'messages',
  'webhooks',
  'webhook_deliveries',
  'refresh_tokens',
  'idempotency_keys',
);

/**
 * The traces a request could have left: rows, and the transaction that wrote each last. A profile's connection
 * moves by itself after a request was granted, so that of profiles only what people ask for counts.
 */
async function everything(): Promise<string> {
  const parts = watched.map(
    (table) => sql`select concat(count(*), ' ', max(xmin::text::bigint)) as part from ${sql.table(table)}`,
  );
  parts.push(sql`select md5(string_agg(asked::text, '' order by asked::text)) as part from (
    select to_jsonb(profiles) - '{status,status_reason,status_since,last_connected_at,logout_asked,pairing,pairing_expires_at,retry_at,retry_count,updated_at}'::text[] as asked
    from profiles) as profiles`);
  const { rows } = await sql<{ part: string }>`${sql.join(parts, sql` union all `)}`.execute(
    house.database.database.db,
  );
  return rows.map(({ part }) => part).join(' ');
}

/** An act on many that was granted goes on after its answer; what it changes is not the next request's. */
const bulkActsDone = () =>
  until('no act on many is under way', async () => {
    const { db } = house.database.database;
    const running = await db.selectFrom('bulk_acts').select('id').where('status', '=', 'running').execute();
    return running.length === 0;
  });

/** Collects what is wrong with answers: for each place the first complaint. */
function createJudge() {
  const complaints = new Map<string, string>();
  const complain = (place: string, about: string) => {
    if (!complaints.has(place)) complaints.set(place, about.slice(0, 500));
  };
  const judge = (place: string, what: string, answer: Answer) => {
    if (answer.status < 400) return;
    const said = `${what.slice(0, 200)} was answered ${answer.status} ${JSON.stringify(answer.body)}`;
    const { success, statusCode, message, error, requestId } = answer.body ?? {};
    const isWhole =
      success === false &&
      statusCode === answer.status &&
      failures[error?.code as keyof typeof failures]?.status === answer.status &&
      [message, error?.message, error?.docs, requestId].every(
        (text) => typeof text === 'string' && text !== '',
      );
    // There is no model here: a body without a fault is told so.
    const isTold = error?.code === 'AI_NOT_CONFIGURED' && isWhole;
    if (answer.status >= 500 && !isTold) complain(place, said);
    else if (!isWhole) complain(place, `${said}: not the error body`);
    else if (/select |insert |\.ts:\d|node_modules/.test(JSON.stringify(answer.body))) {
      complain(place, `${said}: tells of its inside`);
    }
  };
  return { judge, complain, complaints };
}

test('no strange value in any field of a body causes a 5xx; what is refused changes nothing', async () => {
  const { judge, complain, complaints } = createJudge();
  let sent = 0;
  let before = await everything();
  for (const route of withBody) {
    // Guesses at passwords are slowed down; an hour later they are read again.
    house.clock.advance({ hours: 1 });
    for (const [what, body] of bodiesFor(route)) {
      const answer = await tenant.owner.call(route.method, filled(route.address, ids), body);
      const place = `${route.method} ${route.address} ${what.replace(/ .*/, '')}`;
      judge(place, JSON.stringify(body), answer);
      if (answer.status === 202) await bulkActsDone();
      const after = await everything();
      if (answer.status >= 400 && after !== before)
        complain(place, `${JSON.stringify(body)} changed something`);
      before = after;
      sent++;
    }
    if (route.address.endsWith('/settings/storage') && route.method === 'PUT') {
      // Otherwise the files of later routes would go to the bucket of the example.
      await tenant.owner.put('/settings/storage', { type: 'local' });
      before = await everything();
    }
    if (route.address.endsWith('/settings/ai') && route.method === 'PUT') {
      // Nor is the server of the example to be asked.
      await tenant.owner.put('/settings/ai', { baseUrl: null });
      before = await everything();
    }
  }
  expect([...complaints]).toEqual([]);
  expect(sent).toBeGreaterThan(300);
});

test('a body that is no object, cut off, too deep or too large is refused and changes nothing', async () => {
  const { judge, complaints } = createJudge();
  const before = await everything();
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const bodies: [string, number, string][] = [
    ['null', 400, 'VALIDATION_ERROR'],
    ['[]', 400, 'VALIDATION_ERROR'],
    ['"text"', 400, 'VALIDATION_ERROR'],
    ['5', 400, 'VALIDATION_ERROR'],
    ['{"name":', 400, 'MALFORMED_JSON'],
    ['{"name":"a",}', 400, 'MALFORMED_JSON'],
    [deep, 400, 'VALIDATION_ERROR'],
  ];
  for (const [place, route] of withBody.entries()) {
    const path = filled(route.address, ids);
    for (const [body, status, code] of shareOf(bodies, 3, place)) {
      const answer = await tenant.owner.call(route.method, path, body);
      judge(`${route.method} ${route.address}`, body.slice(0, 20), answer);
      expect([route.address, body.slice(0, 20), answer.status, answer.body.error?.code]).toEqual([
        route.address,
        body.slice(0, 20),
        status,
        code,
      ]);
    }
    const form = await tenant.owner.call(route.method, path, 'name=a', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect([route.address, form.status]).toEqual([route.address, 415]);
    expect([route.address, await statusOfLarge(route.method, path)]).toEqual([route.address, 413]);
  }
  expect(await everything()).toBe(before);
  expect([...complaints]).toEqual([]);
});

/**
 * What 10 MB of JSON are answered, sent in pieces without a length for as long as the server reads. Where the connection
 * is closed before the answer was read, it is asked again.
 */
async function statusOfLarge(method: string, path: string): Promise<number | undefined> {
  for (let asked = 1; ; asked++) {
    const status = await statusOfOneLarge(method, path).catch((error: NodeJS.ErrnoException) => {
      if (asked < 5 && ['EPIPE', 'ECONNRESET'].includes(error.code ?? '')) return 'closed' as const;
      throw error;
    });
    if (status !== 'closed') return status;
  }
}

function statusOfOneLarge(method: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
      authorization: bearer(),
    };
    const request = openRequest(`${house.api.url}${path}`, { method, headers, agent: false });
    request.on('response', (response) => {
      resolve(response.statusCode);
      request.destroy();
    });
    // A server that has answered may close while we still send.
    request.on('error', (error) => setImmediate(reject, error));
    const piece = 'x'.repeat(100_000);
    let left = 100;
    request.write('{"text":"');
    const more = () => {
      while (left-- > 0) if (!request.write(piece)) return void request.once('drain', more);
      request.end('"}');
    };
    more();
  });
}

let token: string;
const bearer = () => `Bearer ${token}`;
beforeAll(async () => {
  token = (await house.api.post('/auth/login', { email: tenant.email, password: tenant.password }))
    .accessToken;
});

test('only signing in, health, what the server is, signed links and hooks are open to everybody', () => {
  const open = routes.filter(({ isPublic }) => isPublic).map(({ method, address }) => `${method} ${address}`);
  expect(open.map((route) => route.replace('/api/v1', ''))).toEqual([
    'POST /auth/register',
    'POST /auth/login',
    'POST /auth/2fa/verify',
    'POST /auth/refresh',
    'POST /auth/forgot-password',
    'POST /auth/reset-password',
    'POST /auth/verify-email',
    'GET /health',
    'GET /health/ready',
    'GET /server',
    'GET /media/{id}/{variant}/{token}',
    'GET /media/{id}/{variant}/{token}/{filename}',
    'POST /auth/invitations/look',
    'POST /auth/invitations/accept',
    'POST /in/{token}',
    'POST /integrations/chatwoot/{token}',
  ]);
});

test('no strange value in any query causes a 5xx', async () => {
  const { judge, complaints } = createJudge();
  let sent = 0;
  let place = 0;
  for (const route of routes.filter(({ query }) => query.length > 0)) {
    const path = filled(route.address, ids);
    for (const name of route.query) {
      for (const text of shareOf(strangeTexts, 4, place++)) {
        const answers = await Promise.all([
          tenant.owner.call(route.method, `${path}?${name}=${text}`),
          tenant.owner.call(route.method, `${path}?${name}=${text}&${name}[a]=${text}`),
        ]);
        for (const answer of answers)
          judge(`${route.method} ${route.address} ${name}`, text.slice(0, 40), answer);
        sent += answers.length;
      }
    }
  }
  expect(sent).toBeGreaterThan(200);
  expect([...complaints]).toEqual([]);
});

test('a malformed, strange or unknown id in a path is not found and changes nothing', async () => {
  const { judge, complaints } = createJudge();
  const before = await everything();
  let place = 0;
  const texts = strangeTexts.filter((one) => one.trim() !== '');
  for (const route of routes.filter(({ address }) => address.includes('{'))) {
    const names = [...route.address.matchAll(/\{(\w+)\}/g)].map(([, one]) => one ?? '');
    // A number is no id: what is wrong with it is said.
    for (const name of names.filter((one) => one !== 'phone')) {
      for (const text of [...shareOf(texts, 5, place++), unknown, ids.accounts ?? '']) {
        if (text === ids.accounts && /accounts/.test(route.address)) continue;
        const address = filledRoute({ ...route, address: route.address.replace(`{${name}}`, text) }, ids);
        const answer = await tenant.owner.call(
          route.method,
          address,
          route.method === 'GET' ? undefined : fitting(route),
        );
        judge(`${route.method} ${route.address}`, text.slice(0, 40), answer);
        const expected = text === '%00' ? [400, 404] : [404];
        expect(expected, `${route.method} ${address.slice(0, 200)} answered ${answer.status}`).toContain(
          answer.status,
        );
      }
    }
  }
  expect(await everything()).toBe(before);
  expect([...complaints]).toEqual([]);
});

test('a forged token or key opens no route', async () => {
  const { judge, complaints } = createJudge();
  const before = await everything();
  const credentialsOf = forged.flatMap((text) => [
    { text, credentials: { authorization: `Bearer ${text}` } },
    { text, credentials: { authorization: text } },
    { text, credentials: { 'x-api-key': text } },
  ]);
  for (const [place, route] of routes.filter(({ isPublic }) => !isPublic).entries()) {
    const path = filled(route.address, ids);
    for (const { text, credentials } of shareOf(credentialsOf, 5, place)) {
      const answer = await house.api.as(credentials as Record<string, string>).call(route.method, path);
      judge(`${route.method} ${route.address}`, text, answer);
      expect([route.method, path, text, answer.status]).toEqual([route.method, path, text, 401]);
    }
  }
  expect(await everything()).toBe(before);
  expect([...complaints]).toEqual([]);
});

test('an expired token opens no route', async () => {
  house.clock.advance({ days: 8 });
  for (const route of routes.filter(({ isPublic }) => !isPublic)) {
    const answer = await tenant.owner.call(route.method, filled(route.address, ids));
    expect([route.address, answer.status, answer.body.error.code]).toEqual([
      route.address,
      401,
      'INVALID_TOKEN',
    ]);
  }
});
