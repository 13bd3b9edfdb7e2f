import { type Arrived, arrivalsAtWebhook, createArrivals } from '../arrivals.ts';
import type { Bench } from '../kit.ts';
import { figure } from '../measure.ts';
import { charged, figuresOf, type Round } from '../rounds.ts';

const customerCount = 20;
const compared = { perSecond: 50, rounds: 3 };
const alone = [150, 200] as const;

/** From a phone's send to the webhook's request, the network's own share included. */
export const inbound = ({ rig, report, size }: Bench): Promise<void> =>
  rig.onStage(async (stage) => {
    const [profile] = await stage.profiles(1);
    if (!profile) throw new Error('no profile');
    const raw = await stage.raw();
    const customers = await stage.phones(customerCount);
    const { flow, close } = await arrivalsAtWebhook(stage, profile.id);
    const toRaw = createArrivals();
    raw.onText(toRaw.heard);
    const sendTo = (number: string) => (n: number, text: string) =>
      stage.phoneSends(customers[n % customerCount]?.number ?? '', number, text);
    const { usage } = stage;
    const ours = (perSecond: number, seconds: number) => () =>
      flow({ perSecond, seconds }, sendTo(profile.phone.number));
    const theirs = (perSecond: number, seconds: number) => () =>
      toRaw.flow({ perSecond, seconds }, sendTo(raw.number));

    const warm = { perSecond: compared.perSecond, seconds: size.warmMessages / 150 };
    await flow(warm, sendTo(profile.phone.number));
    await toRaw.flow(warm, sendTo(raw.number));
    await stage.rest(size.restSeconds);
    const { perSecond } = compared;
    const seconds = Math.min(8, size.steadySeconds);
    const [rounds, rawRounds]: (Arrived & Round)[][] = [[], []];
    for (let round = 0; round < Math.min(compared.rounds, size.rounds); round++) {
      rounds?.push(await charged({ usage }, ours(perSecond, seconds), stage));
      rawRounds?.push(await charged(raw, theirs(perSecond, seconds), stage));
      console.log(
        `    round ${round + 1}: p50 ${rounds?.at(-1)?.p50Ms.toFixed(1)} ms, raw ${rawRounds?.at(-1)?.p50Ms.toFixed(1)} ms`,
      );
    }
    report.add('inbound.50', { figures: figuresOf(rounds ?? []), raw: figuresOf(rawRounds ?? []) });
    for (const rate of alone) {
      const found = await charged({ usage }, ours(rate, size.steadySeconds), stage);
      report.add(`inbound.${rate}`, {
        figures: { ...figuresOf([found]), growth: figure([found.growthMs]) },
      });
    }
    await close();
  });
