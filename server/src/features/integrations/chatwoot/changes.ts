import { CallFailed } from '../call.ts';
import type { TaskRow } from '../tasks/tasks.store.ts';
import { type Chatwoot, createChatwoot } from './client.ts';
import type { MessageLink } from './links.store.ts';
import type { ChatwootSettings } from './settings.ts';
import { sourcePrefix, type Tell, type TellDeps } from './tell.ts';
import { wordsFor } from './words.ts';

/** Tells Chatwoot what becomes of messages: their way to the phone, edits, and that they were taken back. */
export function createTellChanges(deps: TellDeps & { tell: Tell }) {
  const { db, links } = deps;

  async function linked(task: TaskRow, settings: ChatwootSettings) {
    const about = await deps.tell.found(task, settings);
    const link = about && (await links.ofMessage(about.view.id));
    return about && link ? { ...about, link, chatwoot: createChatwoot(deps.outbound, settings) } : undefined;
  }

  return {
    /** How far a message has come by now. Only what went out has a way. */
    async status(task: TaskRow, settings: ChatwootSettings): Promise<void> {
      const about = await linked(task, settings);
      if (about?.view.direction !== 'outgoing') return;
      const { view, link, chatwoot } = about;
      const status = statusOf(view.status);
      if (!status) return;
      const why = status === 'failed' ? (view.failureReason ?? 'It was not sent.') : undefined;
      await unlessGone(
        chatwoot.updateStatus(link.chatwoot_conversation_id, link.chatwoot_message_id, status, why),
      );
    },

    /** Messages can't be changed at Chatwoot, so what it says now follows it. */
    async edited(task: TaskRow, settings: ChatwootSettings): Promise<void> {
      const about = await linked(task, settings);
      if (!about || about.view.revokedAt) return;
      await tellOf(task, about, {
        content: `*Edited:* ${wordsFor(about.view)}`,
        type: about.view.direction,
        name: `edit:${String(task.payload.eventId)}`,
      });
    },

    /** What somebody thinks of a message, as an answer to it. One that was taken back is not told. */
    async reaction(task: TaskRow, settings: ChatwootSettings): Promise<void> {
      const { emoji, fromMe, eventId } = task.payload;
      const about = emoji ? await linked(task, settings) : undefined;
      if (!about) return;
      await tellOf(task, about, {
        content: String(emoji),
        type: fromMe === true ? 'outgoing' : 'incoming',
        name: `reaction:${String(eventId)}`,
      });
    },

    /** What was taken back is deleted there, too; of several files only all together. */
    async revoked(task: TaskRow, settings: ChatwootSettings): Promise<void> {
      const about = await linked(task, settings);
      if (!about) return;
      const { link, chatwoot } = about;
      if (await isOneOfMany(link)) return;
      await unlessGone(chatwoot.deleteMessage(link.chatwoot_conversation_id, link.chatwoot_message_id));
    },
  };

  /** One message more there, as an answer to the one that it tells of. */
  async function tellOf(
    task: TaskRow,
    { link, chatwoot }: { link: MessageLink; chatwoot: Chatwoot },
    { content, type, name }: { content: string; type: 'incoming' | 'outgoing'; name: string },
  ): Promise<void> {
    const { chatwoot_conversation_id: there, chatwoot_message_id: inReplyTo } = link;
    const sourceId = `${sourcePrefix}${name}`;
    const id = await deps.tell.create(chatwoot, task, there, { content, type, sourceId, inReplyTo });
    await links.keepMessage(db, {
      ...{ organization_id: task.organization_id, chatwoot_message_id: id, part: 0, message_id: null },
      ...{ chatwoot_conversation_id: there, is_reply: false, created_at: deps.clock.now() },
    });
  }

  async function isOneOfMany(link: MessageLink): Promise<boolean> {
    return (await links.ofMessageThere(link.organization_id, link.chatwoot_message_id)).length > 1;
  }
}

function statusOf(status: string): 'delivered' | 'read' | 'failed' | undefined {
  if (status === 'played' || status === 'read') return 'read';
  if (status === 'delivered') return 'delivered';
  return ['failed', 'expired', 'cancelled'].includes(status) ? 'failed' : undefined;
}

/** Somebody may have deleted it at Chatwoot. */
async function unlessGone(call: Promise<void>): Promise<void> {
  await call.catch((error: unknown) => {
    if (!(error instanceof CallFailed) || error.status !== 404) throw error;
  });
}
