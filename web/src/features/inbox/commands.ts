import {
  type Message,
  MultiWaError,
  postMessageCancel,
  postMessageMedia,
  postMessageRetry,
  postMessagesAudio,
  postMessagesDeleteForEveryone,
  postMessagesDocument,
  postMessagesImage,
  postMessagesReaction,
  postMessagesText,
  postMessagesVideo,
  putConversationArchive,
  putConversationPin,
  putConversationUnarchive,
  putConversationUnread,
  type SendAnswer,
} from '@multiwa/sdk';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { client, onSessionEnd } from '../../session/index.ts';
import { say, sayProblem, sayUndo } from '../../ui/index.ts';
import { useWords } from '../../words/index.ts';
import { editConversation, editMessage, takeIn } from './cache.ts';
import { drafts } from './drafts.ts';
import { outbox, type Pending, type Sending } from './outbox.ts';
import { settle } from './settle.ts';
import { upload } from './upload.ts';
import { inboxWords } from './words/index.ts';

/** So long until a server that could not be reached is asked again. */
const againMs = 3_000;

/** What a person says in a chat, and answers to. */
export interface Target {
  conversationId: string | undefined;
  profileId: string;
  to: string;
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof MultiWaError && (error.status === 0 || error.status === 502 || error.status === 503);

const uploads = new Map<string, AbortController>();
/** Of each chat the send that was made last: what is said in a row arrives in it. */
const tails = new Map<string, Promise<unknown>>();
let timer: ReturnType<typeof setTimeout> | undefined;

onSessionEnd((why) => {
  outbox.clear();
  if (why === 'signed-out') drafts.clear();
});

/** Sends, and keeps at it until the server has said yes or no. Answers what it said; undefined: it was refused. */
export function send(
  cache: QueryClient,
  target: Target,
  sending: Sending,
  quoted?: Message,
): Promise<SendAnswer | undefined> {
  const reference = crypto.randomUUID();
  const at = new Date().toISOString();
  outbox.add({ reference, ...target, sending, quoted, at, state: 'saving' });
  return go(cache, reference);
}

/** Makes a send that was refused, or whose server was away, once more. */
export async function go(cache: QueryClient, reference: string): Promise<SendAnswer | undefined> {
  try {
    await bring(reference);
    return await inTurn(cache, reference);
  } catch (error) {
    uploads.delete(reference);
    if (error instanceof DOMException && error.name === 'AbortError') outbox.remove(reference);
    else if (isUnreachable(error)) {
      outbox.change(reference, { state: 'waiting', error });
      timer ??= setTimeout(() => again(cache), againMs);
    } else outbox.change(reference, { state: 'refused', error });
    return undefined;
  }
}

/** Asks anew for all that waits, in its order. */
export function again(cache: QueryClient): void {
  clearTimeout(timer);
  timer = undefined;
  for (const { reference, state } of outbox.all()) if (state === 'waiting') void go(cache, reference);
}

/** The file of a send, if it has one and it is not there yet. */
async function bring(reference: string): Promise<void> {
  const pending = outbox.find(reference);
  if (pending?.sending.kind !== 'file' || pending.uploaded) return;
  outbox.change(reference, { state: 'uploading', progress: 0 });
  const controller = new AbortController();
  uploads.set(reference, controller);
  const progress = (share: number) => outbox.change(reference, { progress: share });
  const uploaded = await upload(pending.sending.file, { progress, signal: controller.signal });
  uploads.delete(reference);
  outbox.change(reference, { uploaded, progress: 1 });
}

function inTurn(cache: QueryClient, reference: string): Promise<SendAnswer | undefined> {
  const { conversationId, to = '' } = outbox.find(reference) ?? {};
  const chat = conversationId ?? to;
  const turn = (tails.get(chat) ?? Promise.resolve()).then(() => ask(cache, reference));
  tails.set(
    chat,
    turn.catch(() => undefined),
  );
  return turn;
}

async function ask(cache: QueryClient, reference: string): Promise<SendAnswer | undefined> {
  const pending = outbox.find(reference);
  // An event has told of it already, or it was given up.
  if (!pending) return undefined;
  outbox.change(reference, { state: 'saving', error: undefined });
  const answer = await post(pending);
  // An event may have been quicker than the answer.
  if (outbox.find(reference)) settle(cache, pending, answer);
  return answer;
}

function post({ reference, profileId, to, sending, quoted, uploaded }: Pending): Promise<SendAnswer> {
  const headers = { 'Idempotency-Key': reference };
  const about = { profileId, to, clientReference: reference, ...(quoted && { quotedMessageId: quoted.id }) };
  if (sending.kind === 'text')
    return postMessagesText({ client, headers, body: { ...about, text: sending.text } });
  const mediaId = uploaded?.id ?? null;
  const body = { ...about, mediaId, ...(sending.caption && { caption: sending.caption }) };
  const { name } = sending.file;
  switch (sending.as) {
    case 'image':
      return postMessagesImage({ client, headers, body });
    case 'video':
      return postMessagesVideo({ client, headers, body });
    case 'audio':
      return postMessagesAudio({ client, headers, body: { ...about, mediaId } });
    case 'document':
      return postMessagesDocument({ client, headers, body: { ...body, filename: name } });
  }
}

/** Gives a send up that the server has not taken. */
export function giveUp(reference: string): void {
  uploads.get(reference)?.abort();
  outbox.remove(reference);
}

/** What can be done about a conversation and its messages. */
export function useInbox() {
  const cache = useQueryClient();
  const t = useWords(inboxWords);
  return useMemo(() => {
    const change = async (
      id: string,
      fields: { isArchived?: boolean; isPinned?: boolean; isMarkedUnread?: boolean },
      call: () => Promise<unknown>,
    ) => {
      editConversation(cache, id, (item) => ({ ...item, ...fields }));
      await call().catch((error: unknown) => {
        sayProblem(error);
        return cache.invalidateQueries({ queryKey: ['conversations'] });
      });
    };
    const archive = (id: string, isArchived: boolean): Promise<void> =>
      change(id, { isArchived }, () =>
        (isArchived ? putConversationArchive : putConversationUnarchive)({ client, path: { id } }),
      ).then(() => cache.invalidateQueries({ queryKey: ['conversations', 'list'], refetchType: 'active' }));
    return {
      archive: async (id: string, isArchived: boolean) => {
        await archive(id, isArchived);
        sayUndo(isArchived ? t('done.archived') : t('done.unarchived'), t('undo'), () =>
          archive(id, !isArchived),
        );
      },
      pin: (id: string, isPinned: boolean) =>
        change(id, { isPinned }, () =>
          putConversationPin({ client, path: { id }, body: { pinned: isPinned } }),
        ),
      markUnread: async (id: string) => {
        await change(id, { isMarkedUnread: true }, () => putConversationUnread({ client, path: { id } }));
        say(t('done.unread'));
      },
      /** Once more, as a new message; the old one stays as it is. */
      retry: async (message: Message) => {
        const clientReference = crypto.randomUUID();
        const headers = { 'Idempotency-Key': clientReference };
        try {
          const answer = await postMessageRetry({
            client,
            headers,
            path: { id: message.id },
            body: { clientReference },
          });
          takeIn(cache, repeated(message, answer), answer.timestamp);
        } catch (error) {
          sayProblem(error);
        }
      },
      cancel: (message: Message) =>
        postMessageCancel({ client, path: { id: message.id } }).then(({ status }) => {
          const where = { conversationId: message.conversationId, messageId: message.id };
          editMessage(cache, where, (known) => ({ ...known, status }));
        }, sayProblem),
      fetchFile: (message: Message) =>
        postMessageMedia({ client, path: { id: message.id } }).then(
          (fresh) => takeIn(cache, fresh, fresh.updatedAt),
          sayProblem,
        ),
      revoke: (message: Message) => {
        const { profileId, id: messageId } = message;
        return postMessagesDeleteForEveryone({ client, body: { profileId, messageId } });
      },
      /** Shown at once, and taken back when it is refused. */
      react: async (message: Message, emoji: string) => {
        const where = { conversationId: message.conversationId, messageId: message.id };
        const before = message.reactions;
        editMessage(cache, where, (known) => ({ ...known, reactions: withOwn(known.reactions, emoji) }));
        const headers = { 'Idempotency-Key': crypto.randomUUID() };
        const { profileId, id: messageId } = message;
        try {
          await postMessagesReaction({ client, headers, body: { profileId, messageId, emoji } });
        } catch (error) {
          editMessage(cache, where, (known) => ({ ...known, reactions: before }));
          sayProblem(error);
        }
      },
    };
  }, [cache, t]);
}

/** The message that a failed one was sent again as. */
function repeated(message: Message, answer: SendAnswer): Message {
  return {
    ...message,
    id: answer.messageId,
    messageId: answer.waMessageId,
    waMessageId: answer.waMessageId,
    status: answer.status,
    failureCode: null,
    failureReason: null,
    clientReference: answer.clientReference ?? null,
    retryOf: message.id,
    reactions: [],
    timestamp: answer.timestamp,
    createdAt: answer.timestamp,
    updatedAt: answer.timestamp,
  };
}

/** With our reaction, instead of the one before; an empty one takes it back. */
export function withOwn(reactions: Message['reactions'], emoji: string): Message['reactions'] {
  const others = reactions.filter(({ fromMe }) => !fromMe);
  const own = { emoji, senderJid: null, senderName: null, fromMe: true, timestamp: new Date().toISOString() };
  return emoji === '' ? others : [...others, own];
}
