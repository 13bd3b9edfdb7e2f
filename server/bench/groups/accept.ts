import type { Bench } from '../kit.ts';
import { closedLoop, openLoop } from '../load.ts';
import { spreadOf } from '../measure.ts';
import { charged, figuresOf, inRounds } from '../rounds.ts';

const chatCount = 16;
const atOnce = 32;
const steadyPerSecond = 200;

/** Onto a profile that is not connected, so that nothing but the accepting is measured. */
export const accept = ({ rig, report, size }: Bench): Promise<void> =>
  rig.onStage(async (stage) => {
    const { id: profileId } = await stage.tenant.key.post('/profiles', {
      name: 'Accepting',
      engine: 'sandbox',
    });
    const chats = (await stage.phones(chatCount)).map(({ number }) => number);
    await stage.rest(size.restSeconds);
    const acceptOne = (n: number) =>
      stage.api.post('/api/v1/messages/text', { profileId, to: chats[n % chatCount], text: `accept ${n}` });
    const { usage } = stage;
    await closedLoop({ atOnce, total: size.warmMessages }, acceptOne);
    const flood = {
      name: 'flood' as const,
      usage,
      run: (seconds: number) => closedLoop({ atOnce, seconds }, acceptOne),
    };
    const done = await inRounds([flood], size, stage);
    report.add('accept.flood', { figures: figuresOf(done.flood) });

    const steady = async () => {
      const tookMs: number[] = [];
      const { total, offered } = await openLoop(
        { perSecond: steadyPerSecond, seconds: size.steadySeconds },
        async (n) => {
          const fromMs = performance.now();
          await acceptOne(n);
          tookMs.push(performance.now() - fromMs);
        },
      );
      return { count: total, perSecond: offered, ...spreadOf(tookMs) };
    };
    report.add('accept.steady', { figures: figuresOf([await charged({ usage }, steady, stage)]) });
  });
