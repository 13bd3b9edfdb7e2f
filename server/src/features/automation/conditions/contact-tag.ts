import { problemsOfTexts, textsIn } from '../match/read.ts';
import type { ConditionKind } from './condition.ts';

/** The contact has any of these tags. */
export const contactTag: ConditionKind = {
  types: ['contact_tag'],
  problems: ({ tags }, path) => problemsOfTexts(tags, `${path}/tags`),
  decide({ tags }, { person }) {
    const found = (textsIn(tags) ?? []).find((tag) => person?.tags.includes(tag));
    const why = found === undefined ? 'The contact has none of the tags.' : `The contact has ${found}.`;
    return { held: found !== undefined, why };
  },
};
