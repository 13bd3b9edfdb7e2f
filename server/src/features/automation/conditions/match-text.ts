import { compare } from '../match/compare.ts';
import type { ConditionKind } from './condition.ts';

/** Compares the text of the message. An operator that is not known is `contains`, as clients rely on. */
export const matchText: ConditionKind = {
  types: ['match_text'],
  problems: ({ value }, path) =>
    typeof value === 'string' && value !== '' ? [] : [{ path: `${path}/value`, problem: 'must be a text' }],
  decide({ value, operator, caseSensitive }, { arrival }) {
    const wanted = typeof value === 'string' ? value : '';
    const how = typeof operator === 'string' ? operator : 'contains';
    const { held, as } = compare(arrival.text, how, wanted, { caseSensitive: caseSensitive === true });
    return { held, why: `The text ${held ? '' : 'does not satisfy: '}${as} “${wanted.slice(0, 100)}”.` };
  },
};
