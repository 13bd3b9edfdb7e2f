import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, inject, test } from 'vitest';
import { type Edge, graphOf } from '../src/features/automation/testing.ts';
import { testDatabase } from '../test/database.ts';
import { openHouse } from '../test/house.ts';
import { openSink } from '../test/kit/sink.ts';
import { sandboxAt } from '../test/sandbox.ts';
import { startServer } from '../test/server-process.ts';
import { connectedProfile, newCustomer, newCustomers, newTenant } from '../test/tenant.ts';
import { until } from '../test/until.ts';

const customersMax = 100;
const perCustomer = 5;
const perDay = 60;

test('of 500 messages at once on two nodes, cooldown and daily limit let exactly so many through', async () => {
  const house = await openHouse();
  try {
    await house.anotherNode();
    const tenant = await newTenant(house.api);
    const profile = await connectedProfile(tenant, house.sandbox);
    const rule = (name: string, more: object) =>
      tenant.owner.post('/automation', {
        ...{ profileId: profile.id, name, triggerType: 'keyword', triggerConfig: { keywords: ['price'] } },
        ...{ actions: [{ type: 'reply', message: name }], ...more },
      });
    const cooled = await rule('cooled', { cooldownSecs: 3_600 });
    const capped = await rule('capped', { maxTriggersPerDay: perDay });
    const customers = await newCustomers(house.sandbox, customersMax);
    await Promise.all(
      customers.map(async (customer) => {
        for (let n = 0; n < perCustomer; n++) await customer.sends(profile.phone.number, `price ${n}`);
      }),
    );
    const { db } = house.database.database;
    await until(
      'all have come',
      async () => {
        const { count } = await db
          .selectFrom('messages')
          .select((row) => row.fn.countAll<number>().as('count'))
          .where('direction', '=', 'incoming')
          .executeTakeFirstOrThrow();
        return Number(count) === customersMax * perCustomer;
      },
      300_000,
    );
    const statsOf = (id: string) => tenant.owner.get(`/automation/${id}/stats`);
    await until(
      'all runs have ended',
      async () => {
        const [one, two] = [await statsOf(cooled.id), await statsOf(capped.id)];
        return one.runs.completed >= customersMax && one.runs.live + two.runs.live === 0;
      },
      300_000,
    );
    expect(await statsOf(cooled.id)).toMatchObject({
      ...{ triggerCount: customersMax, runs: { completed: customersMax, failed: 0, stopped: 0 } },
    });
    expect(await statsOf(capped.id)).toMatchObject({ triggerCount: perDay, todayCount: perDay });
    const sent = await db
      .selectFrom('messages')
      .select(['conversation_id'])
      .where('origin_kind', '=', 'automation')
      .where('origin_id', '=', cooled.id)
      .execute();
    expect(new Set(sent.map((row) => row.conversation_id)).size).toBe(customersMax);
    expect(sent).toHaveLength(customersMax);
  } finally {
    await house.close();
  }
}, 900_000);

const rulesMax = 100;
const perSecond = 50;
const seconds = 12;
/** None of them writes sooner after an answer than a person can type. */
const askers = 120;

test('with a hundred active rules each of fifty messages a second is answered once, at once', async () => {
  const house = await openHouse();
  try {
    const tenant = await newTenant(house.api);
    const profile = await connectedProfile(tenant, house.sandbox, { messageDelayMs: 0 });
    for (let n = 0; n < rulesMax; n++) {
      const pattern = n % 10 === 0;
      await tenant.owner.post('/automation', {
        ...{ profileId: profile.id, name: `Rule ${n}`, triggerType: pattern ? 'regex' : 'keyword' },
        triggerConfig: pattern
          ? { pattern: `^order ${n}0+ (\\d+)$` }
          : { keywords: [`word${n}x`, `other${n}x`] },
        conditions: [{ type: 'not_group' }],
        actions: [{ type: 'reply', message: 'You said {{message}}' }],
      });
    }
    const customers = await newCustomers(house.sandbox, askers);
    const total = perSecond * seconds;
    const beganMs = performance.now();
    const sends: Promise<unknown>[] = [];
    for (let n = 0; n < total; n++) {
      const inMs = beganMs + (n * 1_000) / perSecond - performance.now();
      if (inMs > 0) await new Promise((resolve) => setTimeout(resolve, inMs));
      const customer = customers[n % askers];
      if (customer) sends.push(customer.sends(profile.phone.number, `word${rulesMax - 1}x number ${n}`));
    }
    await Promise.all(sends);
    const { db } = house.database.database;
    const tookMs = await until(
      'all are answered',
      async () => {
        const { rows } = await sql<{ ms: number }>`
          select extract(epoch from m.created_at - i.created_at)::float8 * 1000 as ms
          from automation_runs r join automation_steps s on s.run_id = r.id and s.n = 0
            join messages i on i.id = (r.trigger->>'messageId')::uuid
            join messages m on m.id = (s.result->>'messageId')::uuid
          where r.profile_id = ${profile.id} order by 1`.execute(db);
        return rows.length >= total && rows.map(({ ms }) => ms);
      },
      300_000,
    );
    expect(tookMs).toHaveLength(total);
    const at = (share: number) => tookMs[Math.floor(total * share)] ?? Number.NaN;
    console.log(`inbound to automatic reply: p50 ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms`);
  } finally {
    await house.close();
  }
}, 900_000);

const waitingMax = 100_000;
const dueMax = 50;

test('100,000 waiting runs cost nothing at the start; what is due begins within a second', async () => {
  const sandbox = sandboxAt(inject('sandboxUrl'));
  const folder = await mkdtemp(join(tmpdir(), 'mwa-waiting-'));
  const database = await testDatabase();
  const env = {
    ...{ DATA_DIR: folder, DATABASE_URL: database.databaseUrl },
    ...{ SANDBOX: 'external', SANDBOX_PORT: new URL(sandbox.url).port },
  };
  let server = await startServer(env);
  const rssMb = async () => {
    const status = await readFile(`/proc/${server.child.pid}/status`, 'utf8').catch(() => '');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024;
  };
  try {
    const tenant = await newTenant(server.api);
    const profile = await tenant.owner.post('/profiles', { name: 'Waiting', engine: 'sandbox' });
    const made = await tenant.owner.post('/automation', {
      ...{ profileId: profile.id, name: 'Days', triggerType: 'webhook', triggerConfig: {} },
      actions: [
        { type: 'delay', seconds: 86_400 * 30 },
        { type: 'set_variable', name: 'a', value: 'b' },
      ],
    });
    await server.kill();
    server = await startServer(env);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const emptyMb = await rssMb();
    await server.kill();
    const { db } = database.database;
    await sql`
      insert into automation_runs (id, automation_id, version, organization_id, profile_id, chat, who, is_exclusive,
        status, node, state, wake_at, waiting_for, trigger, origin_event, started_at)
      select gen_random_uuid(), ${made.id}, 1, p.organization_id, p.id, '62811' || lpad(n::text, 6, '0') || '@c.us',
        '62811' || n, false, 'waiting', '0', '{"vars": {}, "visits": {}}', now() + case when n <= ${dueMax}
        then interval '-1 second' else interval '20 days' end, 'time',
        '{"messageId": "", "conversationId": "", "senderJid": null, "text": "", "type": "text", "isGroup": false}',
        gen_random_uuid(), now()
      from profiles p, generate_series(1, ${waitingMax}) n where p.id = ${profile.id}`.execute(db);
    await sql`analyze automation_runs`.execute(db);
    server = await startServer(env);
    const readyMs = performance.now();
    await until('what was due is done', async () => {
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from automation_runs
        where status = 'completed'`.execute(db);
      return rows[0]?.n === dueMax;
    });
    const tookMs = performance.now() - readyMs;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const fullMb = await rssMb();
    console.log(
      `ready after ${server.readyMs.toFixed(0)} ms, ${dueMax} due done ${tookMs.toFixed(0)} ms later; ` +
        `${emptyMb.toFixed(0)} MB without, ${fullMb.toFixed(0)} MB with ${waitingMax} waiting`,
    );
    expect(fullMb).toBeLessThan(emptyMb * 1.2 + 20);
    expect(tookMs).toBeLessThan(10_000);
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select r.id from automation_runs r
      where r.wake_at <= now() order by r.wake_at, r.seq limit 50`.execute(db);
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('automation_runs_due');
  } finally {
    await server.kill();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}, 600_000);

test('killed after each step in turn, a flow with waits and calls says everything once', async () => {
  const sandbox = sandboxAt(inject('sandboxUrl'));
  const folder = await mkdtemp(join(tmpdir(), 'mwa-steps-'));
  const [database, sink] = await Promise.all([testDatabase(), openSink()]);
  const env = {
    ...{ DATA_DIR: folder, DATABASE_URL: database.databaseUrl },
    ...{ SANDBOX: 'external', SANDBOX_PORT: new URL(sandbox.url).port },
  };
  let server = await startServer(env);
  try {
    const tenant = await newTenant(server.api);
    const profile = await connectedProfile(tenant, sandbox);
    const say = (message: string) => ({ actionType: 'reply', config: { message } });
    const steps = [
      say('How many?'),
      { actionType: 'delay', config: { seconds: 1 } },
      say('Well?'),
      { actionType: 'wait_reply', config: { variable: 'n', timeoutSeconds: 600 } },
      { actionType: 'branch', config: { cases: [{ conditions: [{ type: 'match_text', value: 'two' }] }] } },
      { actionType: 'webhook', config: { url: sink.url } },
      say('So {{n}}.'),
    ];
    const graph = graphOf('begin', steps, [
      ...([
        ['0', '1'],
        ['1', '2'],
        ['2', '3'],
        ['3', '4', 'reply'],
        ['4', '5', 'case:0'],
        ['5', '6'],
      ] as Edge[]),
    ]);
    const made = await tenant.owner.post('/automation', {
      ...{
        profileId: profile.id,
        name: 'Order',
        triggerType: 'keyword',
        triggerConfig: {},
        actions: [],
        graph,
      },
    });
    const customer = await newCustomer(sandbox);
    const { db } = database.database;
    const run = () =>
      db.selectFrom('automation_runs').selectAll().where('automation_id', '=', made.id).executeTakeFirst();
    const texts = async () =>
      (await customer.messages()).filter(({ fromMe }) => !fromMe).map(({ text }) => text);
    await customer.sends(profile.phone.number, 'begin');
    const seen = new Set<string>();
    let hasAnswered = false;
    // Asked again at once: a place where the run is for milliseconds only is one to be killed at, too.
    for (let now = await run(); now?.status !== 'completed'; now = await run()) {
      const place = `${now?.node} ${now?.waiting_for} ${now?.steps}`;
      if (now?.waiting_for === 'reply' && !hasAnswered) {
        hasAnswered = true;
        await customer.sends(profile.phone.number, 'two');
      }
      if (!now || seen.has(place)) continue;
      seen.add(place);
      await server.kill();
      server = await startServer(env);
    }
    await until('the last is heard', async () => (await texts()).includes('So two.'));
    expect(await texts()).toEqual(['How many?', 'Well?', 'So two.']);
    expect(new Set(sink.caught.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(seen.size).toBeGreaterThan(4);
  } finally {
    await server.kill();
    await Promise.all([sink.close(), database.drop()]);
    await rm(folder, { recursive: true, force: true });
  }
}, 600_000);
