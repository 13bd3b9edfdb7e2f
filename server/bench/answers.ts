import { Client } from 'pg';
import { socketConfig } from '../src/platform/db/embedded/socket.ts';
import { until } from '../test/until.ts';
import { openLoop } from './load.ts';
import { spreadOf } from './measure.ts';
import type { Stage } from './stage.ts';

const rules = 100;
/**
 * Each writes twice: whoever writes three times right behind an answer, as on a machine that is slow enough all seem to, is
 * taken for a program and answered no more.
 */
const chats = 375;
const perSecond = 50;

/** How long messages waited for their automatic reply, by the moments at which both were stored. */
export async function answerTimes(
  stage: Stage,
  profile: { id: string; phone: { number: string } },
  seconds: number,
): Promise<{ p50Ms: number; p99Ms: number }> {
  const customers = await stage.phones(chats);
  // They are no strangers: what a first message costs is a row of its own.
  await openLoop({ perSecond, seconds: chats / perSecond }, (n) =>
    stage.phoneSends(customers[n]?.number ?? '', profile.phone.number, 'hello'),
  );
  await stage.settled();
  for (let n = 0; n < rules; n++) {
    await stage.tenant.owner.post('/automation', {
      ...{ profileId: profile.id, name: `Rule ${n}`, triggerType: 'keyword' },
      ...{ triggerConfig: { keywords: [`word${n}x`, `other${n}x`] }, conditions: [{ type: 'not_group' }] },
      actions: [{ type: 'reply', message: 'You said {{message}}' }],
    });
  }
  const { total } = await openLoop({ perSecond, seconds }, (n) =>
    stage.phoneSends(
      customers[n % chats]?.number ?? '',
      profile.phone.number,
      `word${rules - 1}x number ${n}`,
    ),
  );
  const client = new Client(socketConfig(stage.gateway.socketDir, 'multiwa'));
  await client.connect();
  try {
    const tookMs = async () => {
      const { rows } = await client.query(tookSql, [profile.id]);
      return rows.map(({ ms }) => Number(ms));
    };
    await until('all are answered', async () => (await tookMs()).length >= total, 120_000);
    return spreadOf(await tookMs());
  } finally {
    await client.end();
  }
}

const tookSql = `select extract(epoch from m.created_at - i.created_at)::float8 * 1000 as ms
  from automation_runs r join automation_steps s on s.run_id = r.id and s.n = 0
    join messages i on i.id = (r.trigger->>'messageId')::uuid
    join messages m on m.id = (s.result->>'messageId')::uuid
  where r.profile_id = $1`;
