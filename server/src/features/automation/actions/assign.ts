import { isUuid } from '../../../platform/ids.ts';
import { problemsOfNumber, textsIn } from '../match/read.ts';
import type { ActionKind, Effect } from './action.ts';
import { filledText, problemsOfText } from './beside.ts';

const membersMax = 100;

/**
 * Gives the conversation to a member, or to each of `assignedUserIds` in turn; whether they may read it is looked at then,
 * too.
 */
export const assignAgent: ActionKind = {
  types: ['assign_agent'],
  problems({ assignedUserId, assignedUserIds }, path) {
    if (assignedUserIds === undefined) {
      return typeof assignedUserId === 'string' && isUuid(assignedUserId)
        ? []
        : [{ path: `${path}/assignedUserId`, problem: 'must be the id of a member' }];
    }
    const ids = textsIn(assignedUserIds) ?? [];
    const fits = ids.length > 0 && ids.length <= membersMax && ids.every(isUuid);
    return fits
      ? []
      : [{ path: `${path}/assignedUserIds`, problem: `must be a list of 1 to ${membersMax} ids of members` }];
  },
  act({ assignedUserId, assignedUserIds }) {
    const among = textsIn(assignedUserIds);
    if (among) {
      return {
        is: 'done',
        effects: [{ do: 'assign', userId: null, among }],
        data: { assignedUserIds: among },
      };
    }
    return {
      is: 'done',
      effects: [{ do: 'assign', userId: String(assignedUserId) }],
      data: { assignedUserId },
    };
  },
};

/** The conversation is nobody's. */
export const unassign: ActionKind = {
  types: ['unassign'],
  problems: () => [],
  act: () => ({ is: 'done', effects: [{ do: 'assign', userId: null }] }),
};

const hoursDefault = 12;
const hoursMax = 24 * 30;

const isThere = (text: unknown) => text !== undefined && text !== null && text !== '';

/**
 * Leaves the conversation to people: nothing automatic answers there until they give it back or the time is over. The customer
 * may be told so (`message`), and whoever takes it (`note`).
 */
export const handOff: ActionKind = {
  types: ['handoff'],
  needs: ({ message }) => (isThere(message) ? 'message:send' : undefined),
  problems: ({ hours, assignedUserId, message, note }, path) => [
    ...(isThere(message) ? problemsOfText(message, `${path}/message`) : []),
    ...(isThere(note) ? problemsOfText(note, `${path}/note`) : []),
    ...(hours === undefined ? [] : problemsOfNumber(hours, `${path}/hours`, 1, hoursMax)),
    ...(assignedUserId === undefined || assignedUserId === null || isUuid(String(assignedUserId))
      ? []
      : [{ path: `${path}/assignedUserId`, problem: 'must be the id of a member' }]),
  ],
  act({ hours, assignedUserId, message, note }, { sources }) {
    const text = isThere(message) ? filledText(message, sources) : undefined;
    const before: Effect[] = [
      ...(text === undefined ? [] : [{ do: 'send' as const, type: 'text', fields: { text } }]),
      ...(isThere(note) ? [{ do: 'note' as const, text: filledText(note, sources) }] : []),
    ];
    const userId = typeof assignedUserId === 'string' ? assignedUserId : null;
    const lasting = typeof hours === 'number' ? hours : hoursDefault;
    return {
      is: 'done',
      effects: [
        ...before,
        ...(userId ? [{ do: 'assign' as const, userId }] : []),
        { do: 'hand-over', hours: lasting, userId },
      ],
      data: { hours: lasting, assignedUserId: userId, ...(text !== undefined && { message: text }) },
    };
  },
};
