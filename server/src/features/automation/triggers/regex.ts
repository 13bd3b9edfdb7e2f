import { compilePattern, findPattern } from '../match/pattern.ts';
import type { TriggerKind } from './trigger.ts';

/** Its expression finds something in the text. */
export const regex: TriggerKind = {
  types: ['regex'],
  problems({ pattern, flags }, path) {
    const made = compilePattern(pattern, flags ?? undefined);
    return typeof made === 'string' ? [{ path: `${path}/pattern`, problem: made }] : [];
  },
  matches({ pattern, flags }, { arrival }) {
    return findPattern(pattern, flags ?? undefined, arrival.text);
  },
};
