import { isUuid } from '../../../platform/ids.ts';
import { problemsOfNumber } from '../match/read.ts';
import type { ActionKind } from './action.ts';

/** Gives the conversation to a member; whether they may read it is looked at then, too. */
export const assignAgent: ActionKind = {
  types: ['assign_agent'],
  problems: ({ assignedUserId }, path) =>
    typeof assignedUserId === 'string' && isUuid(assignedUserId)
      ? []
      : [{ path: `${path}/assignedUserId`, problem: 'must be the id of a member' }],
  act: ({ assignedUserId }) => ({
    is: 'done',
    effects: [{ do: 'assign', userId: String(assignedUserId) }],
    data: { assignedUserId },
  }),
};

/** The conversation is nobody's. */
export const unassign: ActionKind = {
  types: ['unassign'],
  problems: () => [],
  act: () => ({ is: 'done', effects: [{ do: 'assign', userId: null }] }),
};

const hoursDefault = 12;
const hoursMax = 24 * 30;

/** Leaves the conversation to people: nothing automatic answers there until they give it back or the time is over. */
export const handOff: ActionKind = {
  types: ['handoff'],
  problems: ({ hours, assignedUserId }, path) => [
    ...(hours === undefined ? [] : problemsOfNumber(hours, `${path}/hours`, 1, hoursMax)),
    ...(assignedUserId === undefined || assignedUserId === null || isUuid(String(assignedUserId))
      ? []
      : [{ path: `${path}/assignedUserId`, problem: 'must be the id of a member' }]),
  ],
  act({ hours, assignedUserId }) {
    const userId = typeof assignedUserId === 'string' ? assignedUserId : null;
    const lasting = typeof hours === 'number' ? hours : hoursDefault;
    return {
      is: 'done',
      effects: [
        ...(userId ? [{ do: 'assign' as const, userId }] : []),
        { do: 'hand-over', hours: lasting, userId },
      ],
      data: { hours: lasting, assignedUserId: userId },
    };
  },
};
