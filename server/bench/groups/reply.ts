import { answerTimes } from '../answers.ts';
import type { Bench } from '../kit.ts';
import { figure } from '../measure.ts';

/** More would be more than is said automatically in one chat. */
const secondsMax = 15;

/** From a message that came in to its automatic reply, on a gateway that has nothing else to do. */
export const reply = ({ rig, report, size }: Bench): Promise<void> =>
  rig.onStage(async (stage) => {
    const [profile] = await stage.profiles(1);
    if (!profile) throw new Error('no profile');
    const answers = await answerTimes(stage, profile, Math.min(size.steadySeconds, secondsMax));
    report.add('reply.auto', {
      figures: { p50: figure([answers.p50Ms]), p99: figure([answers.p99Ms]) },
    });
  });
