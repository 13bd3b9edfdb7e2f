import { storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Tx } from '../../../platform/db/transaction.ts';
import type { EventRecorder } from '../../../platform/events/record.ts';
import type { Wishes } from '../../consent/index.ts';
import type { NoteAbout } from '../../conversations/index.ts';
import type { Messages } from '../../messages/index.ts';
import type { Effect } from '../actions/action.ts';
import { automationNotice } from '../automation.events.ts';
import type { RunRow } from '../automation.tables.ts';
import type { Arrival } from '../match/facts.ts';

/** What is done beside messages, contacts and who answers. */
export type Beside = Effect & { do: 'note' | 'notify' | 'opt-out' | 'opt-in' | 'react' };

/** Notes, notices, wishes of people and reactions, in the transaction of the step. @throws Failure */
export function createBeside(deps: {
  clock: Clock;
  events: Pick<EventRecorder, 'record'>;
  messages: Pick<Messages, 'react'>;
  noteAbout: NoteAbout;
  wishes: Wishes;
}) {
  return async (tx: Tx, run: RunRow, arrival: Arrival, effect: Beside, name: string): Promise<object> => {
    const whose = { organizationId: run.organization_id, profileId: run.profile_id };
    switch (effect.do) {
      case 'note':
        return { noteId: await deps.noteAbout(tx, whose, run.chat, effect.text) };
      case 'notify':
        await deps.events.record(tx, automationNotice, {
          ...whose,
          body: {
            ...{ profileId: run.profile_id, automationId: run.automation_id, name, chatId: run.chat },
            ...{ conversationId: arrival.conversationId || null, text: effect.text, userId: effect.userId },
            timestamp: deps.clock.now().toISOString(),
          },
        });
        return {};
      case 'opt-out':
        await deps.wishes.optOut(tx, whose, storedChat(arrival.senderJid ?? run.chat), effect.scope);
        return {};
      case 'opt-in':
        await deps.wishes.optIn(tx, whose, storedChat(arrival.senderJid ?? run.chat));
        return {};
      case 'react': {
        const origin = { kind: 'automation', id: run.automation_id };
        await deps.messages.react(tx, whose, {
          ...{ profileId: run.profile_id, messageId: arrival.messageId, emoji: effect.emoji, origin },
        });
        return {};
      }
    }
  };
}

export type DoBeside = ReturnType<typeof createBeside>;
