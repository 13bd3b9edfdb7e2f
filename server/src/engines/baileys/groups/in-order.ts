import { setTimeout as pause } from 'node:timers/promises';
import type { GroupPower } from '../../port.ts';

/** Whoever asked is not kept waiting longer: what was changed is changed, in whatever order it is stored. */
const waitMsMax = 5_000;
const ordered = [
  ...(['look', 'create', 'changeMembers', 'set', 'leave', 'renewInviteCode'] as const),
  ...(['join', 'accept', 'decide', 'setPicture'] as const),
] satisfies (keyof GroupPower)[];

/**
 * The power whose answers come after what arrived before them has been told. An answer comes straight from the wire while
 * notices wait for their turn: stored at once, it would be overtaken by older notices, and what they say told as news.
 * @param handedOn resolves when the listener has been told what has arrived by now
 */
export function answerInOrder(power: GroupPower, handedOn: () => Promise<void>): GroupPower {
  const after = async <T>(answer: Promise<T>): Promise<T> => {
    const said = await answer;
    const limit = new AbortController();
    const waits = pause(waitMsMax, undefined, { ref: false, signal: limit.signal }).catch(() => undefined);
    await Promise.race([handedOn(), waits]);
    limit.abort();
    return said;
  };
  const answers = ordered.map((name) => {
    const act = power[name] as (...args: unknown[]) => Promise<unknown>;
    return [name, (...args: unknown[]) => after(act(...args))];
  });
  return { ...power, ...Object.fromEntries(answers) };
}
