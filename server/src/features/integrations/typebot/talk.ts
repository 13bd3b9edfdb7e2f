import { phoneOf, storedChat } from '../../../platform/chat-id.ts';
import { type Clock, later, minuteMs } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { Outbound } from '../../../platform/outbound/outbound.ts';
import type { Rate } from '../../../platform/rate.ts';
import type { ConversationView } from '../../conversations/index.ts';
import type { Messages } from '../../messages/index.ts';
import { CallFailed, field, stringIn } from '../call.ts';
import type { TaskRow, TaskStore } from '../tasks/tasks.store.ts';
import type { Deed } from '../tasks/worker.ts';
import { needsBrowser, type Saying, sayingsOf, textSaying } from './bubbles.ts';
import { createTypebot, type TypebotAnswer } from './client.ts';
import { askedBy, asPoll, meantBy, type Pending } from './inputs.ts';
import type { SessionRow, SessionStore } from './sessions.store.ts';
import type { TypebotSettings } from './settings.ts';

type MessageView = Awaited<ReturnType<Messages['byIds']>> extends Map<string, infer View> ? View : never;

/** What somebody said, in a chat. */
interface Heard {
  view: MessageView;
  conversation: ConversationView;
  text: string;
  file: string | undefined;
}

/** A message that waited longer begins no conversation: its writer has gone on. */
const staleMs = 30 * minuteMs;

/** Talks for a bot: what people say goes to Typebot, what it answers goes out, in one line for each chat. */
export function createTalk(deps: {
  db: Db;
  clock: Clock;
  outbound: Pick<Outbound, 'request'>;
  messages: Pick<Messages, 'byIds' | 'prepare' | 'deliver'>;
  sessions: SessionStore;
  tasks: TaskStore;
  /** Two bots that talk to each other end somewhere. */
  rate: Rate;
}): Deed<'typebot'> {
  const { db, clock, sessions, messages } = deps;

  async function heard(task: TaskRow): Promise<Heard | undefined> {
    const id = String(task.payload.messageId);
    const view = (await messages.byIds({ organizationId: task.organization_id }, [id])).get(id);
    const conversation = view?.conversation as ConversationView | undefined;
    if (!view || !conversation || conversation.type !== 'user') return undefined;
    const media = field(view.content, 'media');
    const file = field(media, 'state') === 'stored' ? stringIn(media, 'url') : undefined;
    const text = stringIn(view.content, 'text') ?? stringIn(view.content, 'caption') ?? '';
    return { view, conversation, text, file };
  }

  /** Sends what the bot says and keeps where it stands, and that this is done, together or not at all. */
  async function say(task: TaskRow, { view, conversation }: Heard, told: Told) {
    const tenancy = { organizationId: task.organization_id };
    const origin = { kind: 'typebot', id: told.botId };
    const whereTo = { profileId: view.profileId, to: storedChat(conversation.chatId) };
    const ready: { saying: Saying; content: Record<string, unknown> | undefined }[] = [];
    for (const saying of told.sayings) ready.push(await readied(saying));
    await inTransaction(db, async (tx) => {
      let pollId: string | null = null;
      for (const { saying, content } of ready) {
        const sent = await messages.deliver(tx, tenancy, {
          ...{ type: saying.type, body: { ...saying.fields, ...whereTo }, origin },
          ...(content && { content }),
        });
        if (saying.type === 'poll') pollId = sent.messageId;
      }
      await sessions.put(tx, {
        ...{ conversation_id: conversation.id, organization_id: task.organization_id },
        ...{ profile_id: view.profileId, bot_id: told.botId, session_id: told.sessionId },
        ...{ state: told.pending ? 'open' : 'ended', poll_id: pollId },
        input: told.pending && JSON.stringify({ ...told.pending, answered: view.id }),
        ...{ last_at: clock.now(), updated_at: clock.now() },
      });
      await deps.tasks.done(tx, task.seq);
    });

    async function readied(saying: Saying) {
      if (saying.instead === undefined) return { saying, content: undefined };
      const body = { ...saying.fields, ...whereTo };
      try {
        const { content } = await messages.prepare(tenancy, { type: saying.type, body, origin });
        return { saying, content };
      } catch (error) {
        if (!(error instanceof Failure) || error.status >= 500) throw error;
        const [words = saying] = textSaying(saying.instead);
        return { saying: words, content: undefined };
      }
    }
  }

  function toldBy(
    reply: unknown,
    settings: TypebotSettings,
    of: { botId: string; sessionId: string | null },
  ): Told {
    const said = sayingsOf(reply);
    const asked = needsBrowser(reply)
      ? undefined
      : askedBy(reply, `${new URL(settings.apiUrl).origin}/${of.botId}`);
    if (!asked) return { ...of, sayings: said, pending: null };
    const poll = settings.choices === 'poll' ? asPoll(said, asked) : undefined;
    return { ...of, sayings: poll ?? [...said, ...asked.sayings], pending: asked.pending };
  }

  async function start(task: TaskRow, about: Heard, settings: TypebotSettings): Promise<void> {
    const { conversation, view, text } = about;
    const botId = settings.defaultBotId;
    const chat = storedChat(conversation.chatId);
    const { sessionId, reply } = await createTypebot(deps.outbound, settings).start(botId, {
      phone: phoneOf(chat) ?? '',
      name: conversation.name ?? view.senderName ?? '',
      chatId: chat,
      profileId: view.profileId,
      conversationId: conversation.id,
      message: text,
    });
    await say(task, about, toldBy(reply, settings, { botId, sessionId }));
  }

  async function goOn(
    task: TaskRow,
    about: Heard,
    settings: TypebotSettings,
    { bot_id: botId, session_id: sessionId }: SessionRow,
    answer: TypebotAnswer,
  ): Promise<void> {
    if (sessionId === null) return start(task, about, settings);
    try {
      const reply = await createTypebot(deps.outbound, settings).continue(sessionId, answer);
      await say(task, about, toldBy(reply, settings, { botId, sessionId }));
    } catch (error) {
      // Typebot has forgotten the conversation, so it begins anew.
      if (!(error instanceof CallFailed) || error.status !== 404) throw error;
      await start(task, about, settings);
    }
  }

  async function arrived(task: TaskRow, settings: TypebotSettings): Promise<void> {
    const about = await heard(task);
    if (about?.view.direction !== 'incoming') return;
    const row = await sessions.find(about.conversation.id);
    const isOver = !row || later(row.last_at, settings.expireMinutes * minuteMs) <= clock.now();
    const pending = row?.state === 'open' && !isOver ? (row.input as Pending | null) : null;
    const isFile = task.task === 'file';
    // A file that is still being fetched is answered when it is here; other words are not repeated then.
    if (isFile ? !pending?.takesFiles || !about.file : pending?.takesFiles && isFetched(about)) return;
    if (about.text === '' && !about.file) return;
    if (pending?.answered === about.view.id) return;
    if (says(settings.stopWords, about.text)) return sessions.stop(about.conversation.id, clock.now());
    deps.rate.count(about.conversation.id);
    if (says(settings.restartWords, about.text)) return start(task, about, settings);
    if (row && row.state === 'open' && !isOver) {
      const files = about.file && pending?.takesFiles ? [about.file] : [];
      const answer = { ...meantBy(pending, about.text || (about.file ?? '')), files };
      return goOn(task, about, settings, row, answer);
    }
    if (row?.state === 'stopped' && !isOver) return;
    const isStale = clock.now().getTime() - new Date(String(task.payload.at)).getTime() > staleMs;
    const isWanted = settings.startWords.length === 0 || says(settings.startWords, about.text);
    if (isWanted && !isStale) await start(task, about, settings);
  }

  /** A vote in the poll that asks is an answer; in any other it is nothing. */
  async function vote(task: TaskRow, settings: TypebotSettings): Promise<void> {
    const about = await heard(task);
    const row = about && (await sessions.find(about.conversation.id));
    if (!about || row?.state !== 'open' || row.poll_id !== about.view.id) return;
    const chosen = (about.view.votes ?? []).find(({ voters }) => voters.some(({ fromMe }) => !fromMe));
    if (!chosen) return;
    deps.rate.count(about.conversation.id);
    await goOn(task, about, settings, row, meantBy(row.input as Pending | null, chosen.option));
  }

  return async (task, settings) => {
    if (task.task === 'vote') return vote(task, settings);
    if (task.task === 'person') {
      return settings.stopOnReply ? sessions.stop(task.lane, clock.now()) : undefined;
    }
    return arrived(task, settings);
  };
}

/** What the bot says, and where it stands then. */
interface Told {
  botId: string;
  sessionId: string | null;
  sayings: Saying[];
  pending: Pending | null;
}

const isFetched = ({ view }: Heard) => field(field(view.content, 'media'), 'state') === 'waiting';

function says(words: readonly string[], text: string): boolean {
  const said = text.trim().toLowerCase();
  return words.some((word) => word.toLowerCase() === said);
}
