import type { CheckTools, Scene } from './actions/action.ts';
import { type Facts, noPast } from './match/facts.ts';
import { sourcesOf } from './run/interpret.ts';

/** Bodies of sends and headers are taken as they are. */
export const tools: CheckTools = {
  readSend: (_, content) => ({ fields: content as Record<string, unknown> }),
  openHeaders: (headers) => headers as Record<string, string>,
};

/** What an automation knows when this was said. */
export function factsOf(
  text: string,
  more: Partial<Facts['arrival']> & Partial<Omit<Facts, 'arrival'>> = {},
): Facts {
  const {
    person = null,
    isNew = false,
    now = new Date('2026-02-05T10:30:00Z'),
    timeZone = 'UTC',
    past = noPast,
    ...rest
  } = more;
  return {
    arrival: {
      ...{ messageId: 'm', waMessageId: 'w', conversationId: 'c', senderJid: '628123456789@c.us' },
      ...{ senderName: 'Sari', text, type: 'text', hasMedia: false, isGroup: false, timestamp: '' },
      ...rest,
    },
    ...{ person, isNew, isAssigned: false, isWithPerson: false, past, vars: new Map(), now, timeZone },
  };
}
/** A contact that is known. */
export const vip = { name: 'Sari', phone: '628123456789', tags: ['vip'], metadata: { city: 'Köln' } };
export const sceneOf = (facts: Facts): Scene => ({
  ...{ facts, sources: sourcesOf(facts), automation: { id: 'a', name: 'A' }, runId: 'r', profileId: 'p' },
});
