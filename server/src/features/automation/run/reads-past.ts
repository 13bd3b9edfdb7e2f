import type { Program, Trigger } from '../program/program.ts';

/** Whether what was said before decides alone. */
export const isByPast = ({ type, config }: Trigger): boolean =>
  type === 'event' && config.event === 'broadcast.replied';

/** Whether a start depends on what was said before in the chat: only then is that looked up. */
export const readsPast = ({ triggers, conditions }: Program): boolean =>
  triggers.some((one) => isByPast(one) || (one.type === 'first_message' && one.config.days !== undefined)) ||
  // At any depth of conditions inside others.
  JSON.stringify(conditions).includes('"conversation.lastReplyAgo"');
