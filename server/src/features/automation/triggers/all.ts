import type { TriggerKind } from './trigger.ts';

/** Every message. */
export const all: TriggerKind = {
  types: ['all', 'all_messages', 'message.received'],
  problems: () => [],
  matches: () => ({ note: 'Every message.' }),
};
