import type { SandboxPhone } from '../../../test/sandbox.ts';
import type { ConnectedProfile, Tenant } from '../../../test/tenant.ts';
import { until } from '../../../test/until.ts';

/** From a step to a step, by their places, and by which of its exits. */
export type Edge = [source: string, target: string, exit?: string];

/** The graph of a flow that begins with a word; its first step follows that. */
export function graphOf(word: string, steps: readonly object[], edges: readonly Edge[]) {
  const first: Edge = ['t', '0'];
  return {
    nodes: [
      { id: 't', type: 'trigger', data: { triggerType: 'keyword', keywords: [word] } },
      ...steps.map((data, index) => ({ id: String(index), type: 'action', data })),
    ],
    edges: [first, ...edges].map(([source, target, sourceHandle]) => ({
      ...{ id: `${source}-${target}-${sourceHandle}`, source, target, sourceHandle },
    })),
  };
}

export const reply = (message: string) => ({ type: 'reply', message });

/** What a phone was sent, in one chat or in all. */
export const textsOf = async (phone: SandboxPhone, chat?: string) =>
  (await phone.messages(chat)).filter(({ fromMe }) => !fromMe).map(({ text }) => text);

export const hears = (phone: SandboxPhone, text: string, chat?: string) =>
  until(`“${text}” is heard`, async () => (await textsOf(phone, chat)).includes(text));

/** Makes automations of a profile and looks at their runs. */
export function automationsOf(of: () => { tenant: Tenant; profile: ConnectedProfile }) {
  const make = (body: object) =>
    of().tenant.owner.post('/automation', { profileId: of().profile.id, triggerType: 'keyword', ...body });
  const runsOf = (id: string) => of().tenant.owner.get(`/automation/${id}/runs`);
  return {
    /** A rule that a word starts. */
    rule: (word: string, actions: object[], more: object = {}) =>
      make({ name: `Rule ${word}`, triggerConfig: { keywords: [word] }, actions, ...more }),
    flowOf: (word: string, steps: object[], edges: Edge[], more: object = {}) =>
      make({
        ...{ name: `Flow ${word}`, triggerConfig: {}, actions: [], graph: graphOf(word, steps, edges) },
        ...more,
      }),
    runsOf,
    ended: (id: string, count = 1) =>
      until('its runs have ended', async () => {
        const runs = await runsOf(id);
        return (
          runs.length >= count && runs.every(({ endedAt }: { endedAt: string | null }) => endedAt) && runs
        );
      }),
  };
}
