import type { Readable } from 'node:stream';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import type { ConversationView } from '../../conversations/index.ts';
import type { Media } from '../../media/index.ts';
import type { Messages } from '../../messages/index.ts';
import { CallFailed, field, stringIn } from '../call.ts';
import type { TaskRow, TaskStore } from '../tasks/tasks.store.ts';
import { type Chatwoot, createChatwoot, type NewChatwootMessage } from './client.ts';
import type { ChatwootLinks } from './links.store.ts';
import { createPlaces, type OurConversation } from './place.ts';
import { type ChatwootSettings, inboxOf } from './settings.ts';
import { speaker, wordsFor } from './words.ts';

/** What we call our messages there: what bears such a name comes from here. */
export const sourcePrefix = 'multiwa:';

type MessageView = NonNullable<
  Awaited<ReturnType<Messages['byIds']>> extends Map<string, infer View> ? View : never
>;

export interface TellDeps {
  db: Db;
  clock: Clock;
  outbound: Pick<Outbound, 'request'>;
  messages: Pick<Messages, 'byIds'>;
  media: Pick<Media, 'openMedia'>;
  links: ChatwootLinks;
  tasks: TaskStore;
}

/** Tells Chatwoot of messages of ours: what came, and what was written here or on the phone. */
export function createTell(deps: TellDeps) {
  const { db, links } = deps;
  const place = createPlaces(deps);

  /** The message of a task, and where it belongs; undefined when it is nothing for Chatwoot. */
  async function found(task: TaskRow, settings: ChatwootSettings) {
    const id = String(task.payload.messageId);
    const tenancy = { organizationId: task.organization_id };
    const view = (await deps.messages.byIds(tenancy, [id])).get(id);
    const conversation = view?.conversation as ConversationView | undefined;
    if (!view || !conversation) return undefined;
    const inboxId = inboxOf(settings, view.profileId);
    const isWanted = conversation.type === 'user' || (conversation.type === 'group' && settings.groups);
    return inboxId !== undefined && isWanted ? { view, conversation, inboxId } : undefined;
  }

  async function fileOf(organizationId: string, content: Record<string, unknown>) {
    const media = field(content, 'media');
    const id = field(media, 'state') === 'stored' ? stringIn(media, 'id') : undefined;
    if (id === undefined) return undefined;
    const { stream, media: row } = await deps.media.openMedia({ organizationId }, id);
    const filename =
      stringIn(content, 'filename') ?? row.filename ?? `file.${row.mimetype.split('/').at(-1)}`;
    return { filename, mimetype: row.mimetype, bytes: row.size, stream: stream as Readable };
  }

  /** One message there for each name, however often this is tried. */
  async function create(
    chatwoot: Chatwoot,
    task: TaskRow,
    conversationId: number,
    message: NewChatwootMessage,
  ): Promise<number> {
    if (task.attempts > 0) {
      const before = await chatwoot.messageOf(conversationId, message.sourceId);
      if (before !== undefined) {
        message.file?.stream.destroy();
        return before;
      }
    }
    return chatwoot.createMessage(conversationId, message);
  }

  async function placed(
    chatwoot: Chatwoot,
    our: OurConversation,
    inboxId: string,
    work: (id: number) => Promise<number>,
  ) {
    const there = await place(chatwoot, our, inboxId);
    try {
      return { there, id: await work(there) };
    } catch (error) {
      // Somebody deleted the conversation at Chatwoot.
      if (!(error instanceof CallFailed) || error.status !== 404) throw error;
      await links.forgetConversation(our.id);
      const anew = await place(chatwoot, our, inboxId);
      return { there: anew, id: await work(anew) };
    }
  }

  /** A message with its file; of one that Chatwoot does not take a link, which is better than nothing. */
  async function make(
    chatwoot: Chatwoot,
    task: TaskRow,
    place: number,
    { view, words, inReplyTo }: { view: MessageView; words: string; inReplyTo: number | undefined },
  ): Promise<number> {
    const file = await fileOf(task.organization_id, view.content).catch(gone);
    const common = { type: view.direction, sourceId: `${sourcePrefix}${view.id}`, inReplyTo };
    const plain = { ...common, content: words || `[${view.type}]` };
    if (!file) return create(chatwoot, task, place, plain);
    try {
      return await create(chatwoot, task, place, { ...common, content: words, file });
    } catch (error) {
      if (!(error instanceof CallFailed) || ![413, 422].includes(error.status ?? 0)) throw error;
      const link = `[${view.type}] ${stringIn(field(view.content, 'media'), 'url') ?? ''}`;
      return create(chatwoot, task, place, { ...plain, content: words === '' ? link : `${words}\n${link}` });
    }
  }

  function said(view: MessageView, conversation: ConversationView, isPast: boolean): string {
    // An edit is told of by itself.
    const words = wordsFor({ type: view.type, content: view.originalContent ?? view.content });
    const isFromMember = conversation.type === 'group' && view.direction === 'incoming';
    const lines = [
      ...(isPast ? [`*${view.timestamp.slice(0, 16).replace('T', ' ')} UTC*`] : []),
      ...(isFromMember ? [speaker(view)] : []),
      ...(words === '' ? [] : [words]),
    ];
    return lines.join('\n');
  }

  return {
    found,
    create,

    /** A message that came, or was written elsewhere than at Chatwoot. */
    async message(task: TaskRow, settings: ChatwootSettings): Promise<void> {
      const about = await found(task, settings);
      if (!about || about.view.revokedAt) return;
      const { view, conversation, inboxId } = about;
      // Its file is still being fetched: `message.media` tells when it is there.
      if (field(field(view.content, 'media'), 'state') === 'waiting') return;
      if (await links.ofMessage(view.id)) return;
      const chatwoot = createChatwoot(deps.outbound, settings);
      const organizationId = task.organization_id;
      const quoted = view.quotedMessageId
        ? await links.byWaMessageId(view.profileId, view.quotedMessageId)
        : undefined;
      const { there, id } = await placed(chatwoot, ourOf(organizationId, conversation), inboxId, (place) =>
        make(chatwoot, task, place, {
          view,
          words: said(view, conversation, task.task === 'past'),
          inReplyTo: quoted?.chatwoot_message_id,
        }),
      );
      await inTransaction(db, async (tx) => {
        await links.keepMessage(tx, {
          ...{ organization_id: organizationId, chatwoot_message_id: id, part: 0 },
          ...{ chatwoot_conversation_id: there, message_id: view.id, is_reply: false },
          created_at: deps.clock.now(),
        });
        await deps.tasks.done(tx, task.seq);
      });
    },
  };
}

export type Tell = ReturnType<typeof createTell>;

function ourOf(organizationId: string, conversation: ConversationView): OurConversation {
  const { id, profileId, chatId, lidJid, name } = conversation;
  return { id, organizationId, profileId, chatId, lidJid, name };
}

/** A file that is not kept any more. */
function gone(error: unknown): undefined {
  if (error instanceof Failure) return undefined;
  throw error;
}
