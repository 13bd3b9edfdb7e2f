import { expect, test } from 'vitest';
import { phoneChat, storedChat } from '../../../platform/chat-id.ts';
import type { EngineMessageId, StateChange } from '../../port.ts';
import { toMutation } from './to-mutation.ts';

test('the star of a message in a group names who wrote it, as phones do', () => {
  const group = storedChat('120363000000000001@g.us');
  const star = { kind: 'starred', chat: group, id: 'A1' as EngineMessageId, starred: true } as const;
  const indexOf = (more: object) =>
    toMutation({ ...star, at: new Date(), ...more } as StateChange<'starred'>, []).index;
  const jid = '120363000000000001@g.us';
  const sender = phoneChat('628123456789');
  expect(indexOf({ fromMe: false, sender })).toEqual(['star', jid, 'A1', '0', '628123456789@s.whatsapp.net']);
  expect(indexOf({ fromMe: true })).toEqual(['star', jid, 'A1', '1', '0']);
});
