import { setTimeout as pause } from 'node:timers/promises';
import { type Program, source } from '../gateway.ts';
import type { Bench } from '../kit.ts';
import { closedLoop } from '../load.ts';
import { figure } from '../measure.ts';
import { memoryOf } from '../processes.ts';
import type { Stage } from '../stage.ts';

const restMs = 3000;
const atOnce = 32;

/** Many profiles that do nothing, then many messages: what they cost in CPU and memory, as bundle and as source. */
export async function profiles({ rig, report, size }: Bench): Promise<void> {
  for (const program of [rig.bundle(), source] satisfies Program[]) {
    await rig.onStage(async (stage) => {
      await pause(restMs);
      const atRest = memoryOf(stage.gateway.pid);
      const connected = await stage.profiles(size.profiles);
      await stage.settled();
      await pause(restMs);
      const withProfiles = memoryOf(stage.gateway.pid);
      console.log(`    ${program.name}: ${size.profiles} profiles are connected`);
      if (program.name === 'bundle') report.add('profiles.idle', await idle(stage, size.idleSeconds));

      const chats = (await stage.phones(size.profiles)).map(({ number }) => number);
      const load = { atOnce, total: size.messagesSent, seconds: size.sendingSecondsMax };
      const { count, perSecond } = await closedLoop(load, async (n) => {
        const at = n % size.profiles;
        await stage.send(connected[at]?.id ?? '', chats[at] ?? '', `message ${n}`);
        if (n % 2000 === 1999) console.log(`    ${program.name}: ${n + 1} messages`);
      });
      await stage.settled();
      report.add(`profiles.${program.name}`, {
        figures: {
          atRest: figure([atRest]),
          withProfiles: figure([withProfiles]),
          afterMessages: figure([memoryOf(stage.gateway.pid)]),
        },
        note: `${size.profiles} profiles, ${count} messages at ${perSecond.toFixed(0)}/s`,
      });
    }, program);
  }
}

async function idle(stage: Stage, seconds: number) {
  const [before, fromMs] = [await stage.gateway.usage(), performance.now()];
  await pause(seconds * 1000);
  const [after, tookMs] = [await stage.gateway.usage(), performance.now() - fromMs];
  const share = (from = Number.NaN, to = Number.NaN) => figure([((to - from) / tookMs) * 100]);
  const gateway = share(before.engineMs, after.engineMs);
  const postgres = share(before.postgresMs, after.postgresMs);
  const { statements: first } = before;
  return {
    figures: {
      together: figure([gateway.median + postgres.median]),
      gateway,
      postgres,
      ...(first !== undefined &&
        after.statements !== undefined && {
          statementRate: figure([((after.statements - first) / tookMs) * 1000]),
        }),
    },
  };
}
