import type { ConditionKind } from './condition.ts';

const verdict = (isGroup: boolean, held: boolean) => ({
  held,
  why: isGroup ? 'It is a group.' : 'It is no group.',
});

/** Whether the message is in a group. */
export const isGroup: ConditionKind = {
  types: ['is_group'],
  problems: ({ value }, path) =>
    typeof value === 'boolean' ? [] : [{ path: `${path}/value`, problem: 'must be true or false' }],
  decide: ({ value }, { arrival }) => verdict(arrival.isGroup, arrival.isGroup === value),
};

/** The message is in no group. */
export const notGroup: ConditionKind = {
  types: ['not_group', 'is_private'],
  problems: () => [],
  decide: (_, { arrival }) => verdict(arrival.isGroup, !arrival.isGroup),
};
