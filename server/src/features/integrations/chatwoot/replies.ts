import { chatOfAddress, storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { profilesOf } from '../../../platform/known-profiles.store.ts';
import type { Log } from '../../../platform/log.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { conversationsById } from '../../conversations/index.ts';
import type { Messages } from '../../messages/index.ts';
import type { TaskRow } from '../tasks/tasks.store.ts';
import { createChatwoot } from './client.ts';
import type { ChatwootLinks } from './links.store.ts';
import { type ChatwootSettings, inboxOf } from './settings.ts';
import type { Reply, ReplyFile } from './webhook.ts';
import { fromMarkdown } from './words.ts';

/** One message of those that a reply becomes. */
interface Part {
  type: string;
  fields: Record<string, unknown>;
  /** It has a file, which is fetched before. */
  isFile: boolean;
}
interface Target {
  profileId: string;
  to: string;
}

const mediaTypes: Record<string, string> = { image: 'image', video: 'video', audio: 'audio' };

/** Sends what agents write at Chatwoot, each once, and takes back what they delete. */
export function createReplies(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  outbound: Pick<Outbound, 'request'>;
  messages: Pick<Messages, 'prepare' | 'deliver' | 'takeBack'>;
  links: ChatwootLinks;
}) {
  const { db, links, messages } = deps;

  /** To whom it goes: the chat of the conversation, or for one that an agent began, the number of its contact. */
  async function targetOf(organizationId: string, reply: Reply, settings: ChatwootSettings): Promise<Target> {
    const link = await links.ofConversationThere(db, organizationId, reply.conversationId);
    const [conversation] = link ? await conversationsById(db, [link.conversation_id]) : [];
    if (link && conversation) return { profileId: link.profile_id, to: storedChat(conversation.chat) };
    const all = await profilesOf(db, { organizationId });
    const profileId = all.find((id) => inboxOf(settings, id) === reply.inboxId);
    if (profileId === undefined) throw new Failure('PROFILE_NOT_FOUND');
    // Other programs set identifiers, too, such as e-mail addresses.
    const chat = reply.identifier?.includes('@') ? chatOfAddress(reply.identifier) : undefined;
    const to = chat ?? reply.phone;
    if (to === null) {
      throw new Failure('INVALID_RECIPIENT', { says: 'The contact has no phone number.' });
    }
    return { profileId, to };
  }

  async function send(task: TaskRow, reply: Reply, target: Target, part: Part, index: number): Promise<void> {
    const { organization_id: organizationId } = task;
    const tenancy = { organizationId };
    const origin = { kind: 'chatwoot', id: String(reply.id) };
    const [quoted] =
      index === 0 && reply.inReplyTo !== null
        ? await links.ofMessageThere(organizationId, reply.inReplyTo)
        : [];
    const quotedMessageId = quoted?.message_id ?? undefined;
    const body = { ...part.fields, ...target, ...(quotedMessageId && { quotedMessageId }) };
    const prepared = part.isFile ? await prepare(tenancy, part.type, body, origin) : undefined;
    await inTransaction(db, async (tx) => {
      const sent = await messages.deliver(tx, tenancy, {
        ...{ type: prepared?.type ?? part.type, body, origin },
        ...(prepared && { content: prepared.content }),
      });
      await links.keepMessage(tx, {
        ...{ organization_id: organizationId, chatwoot_message_id: reply.id, part: index },
        ...{ chatwoot_conversation_id: reply.conversationId, message_id: sent.messageId, is_reply: true },
        created_at: deps.clock.now(),
      });
      const known = await links.ofConversation(sent.conversationId, tx);
      const contactId = reply.contactId ?? known?.chatwoot_contact_id;
      if (known?.chatwoot_conversation_id === reply.conversationId || contactId === undefined) return;
      // An agent began this conversation: what is answered belongs there.
      await links.keepConversation(tx, {
        ...{ conversation_id: sent.conversationId, organization_id: organizationId },
        ...{ profile_id: target.profileId, inbox_id: reply.inboxId, chatwoot_contact_id: contactId },
        ...{ chatwoot_conversation_id: reply.conversationId, identifier: known?.identifier ?? target.to },
        updated_at: deps.clock.now(),
      });
    });
  }

  /** Phones show only some forms of a picture or a sound; whatever is none of them goes as a document. */
  async function prepare(
    tenancy: { organizationId: string },
    type: string,
    body: Parameters<Messages['prepare']>[1]['body'],
    origin: { kind: string; id: string },
  ) {
    try {
      return await messages.prepare(tenancy, { type, body, origin });
    } catch (error) {
      const isForm = error instanceof Failure && [415, 422].includes(error.status) && type !== 'document';
      if (!isForm || error.code === 'MEDIA_URL_FAILED' || error.code === 'TARGET_NOT_ALLOWED') throw error;
      return messages.prepare(tenancy, { type: 'document', body, origin });
    }
  }

  return {
    async reply(task: TaskRow, settings: ChatwootSettings): Promise<void> {
      const reply = task.payload as unknown as Reply;
      const before = await links.ofMessageThere(task.organization_id, reply.id);
      // Told by us: Chatwoot did not say so, but it was written down before this was read.
      if (before.some((link) => !link.is_reply)) return;
      try {
        const target = await targetOf(task.organization_id, reply, settings);
        for (const [index, part] of partsOf(reply, settings).entries()) {
          if (before.some((link) => link.part === index)) continue;
          await send(task, reply, target, part, index);
        }
      } catch (error) {
        if (!(error instanceof Failure) || error.status >= 500) throw error;
        deps.log.info(
          { err: error, organizationId: task.organization_id },
          'A reply of Chatwoot could not be sent',
        );
        const chatwoot = createChatwoot(deps.outbound, settings);
        await chatwoot.updateStatus(reply.conversationId, reply.id, 'failed', error.message);
      }
    },

    async deleted(task: TaskRow): Promise<void> {
      const { id } = task.payload as unknown as Reply;
      const { organization_id: organizationId } = task;
      for (const link of await links.ofMessageThere(organizationId, id)) {
        if (!link.is_reply || link.message_id === null) continue;
        const profileId = task.profile_id ?? (await profileOf(organizationId, link.chatwoot_conversation_id));
        if (profileId === undefined) continue;
        const order = {
          ...{ messageId: link.message_id, profileId, chatId: undefined },
          origin: { kind: 'chatwoot', id: String(id) },
        };
        await messages.takeBack({ organizationId }, order, { waitSeconds: 0 }).catch((error: unknown) => {
          // It is gone by now, or never went out.
          if (!(error instanceof Failure) || error.status >= 500) throw error;
        });
      }
    },
  };

  async function profileOf(organizationId: string, conversationThere: number): Promise<string | undefined> {
    return (await links.ofConversationThere(db, organizationId, conversationThere))?.profile_id;
  }
}

/** A text stands below the first file where that can carry it, else before it. */
function partsOf(reply: Reply, settings: ChatwootSettings): Part[] {
  const words = fromMarkdown(reply.content).trim();
  const signed =
    settings.signMessages && reply.sender && words !== '' ? `*${reply.sender}:*\n${words}` : words;
  const [first] = reply.files;
  const isCaption = first !== undefined && signed !== '' && ['image', 'video', 'file'].includes(first.type);
  const files = reply.files.map((file, index) => partOf(file, isCaption && index === 0 ? signed : ''));
  const isText = signed !== '' && !isCaption;
  return [...(isText ? [{ type: 'text', fields: { text: signed }, isFile: false }] : []), ...files];
}

function partOf(file: ReplyFile, caption: string): Part {
  const { latitude, longitude, url } = file;
  if (latitude !== undefined && longitude !== undefined) {
    return { type: 'location', fields: { latitude, longitude }, isFile: false };
  }
  const type = mediaTypes[file.type] ?? 'document';
  const name = url.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  return {
    type,
    fields: {
      url,
      ...(caption !== '' && { caption }),
      ...(type === 'document' && name !== '' && { filename: decoded(name) }),
    },
    isFile: true,
  };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name).slice(0, 200);
  } catch {
    return name.slice(0, 200);
  }
}
