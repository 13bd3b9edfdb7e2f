import { createHash } from 'node:crypto';
import { proto } from 'baileys';
import { type Account, namesOf } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { Part } from '../part.ts';
import type { Content } from './contents/content.ts';
import { describe } from './contents/describe.ts';
import { digitsOf, mentionsAs } from './contents/mentions.ts';
import { unseal } from './contents/secrets.ts';
import { contextOf, unwrap } from './contents/unwrap.ts';
import { sealedFrom } from './deeds.ts';
import type { Inbox, InboxMessage, KeptMessage } from './inbox.ts';
import type { Marks } from './marks.ts';

type Mark = ReturnType<Marks['on']>[number];

/** The message that another one answers, as a person sees it above the answer. */
interface Quoted {
  id: string;
  text: string;
  type?: string;
  /** Number of its author. */
  from?: string;
}

/** A message with all that a person sees of it. */
export interface ShownMessage extends InboxMessage {
  quoted?: Quoted;
  content: Content;
}

const ANSWERS = ['unknown', 'going', 'notGoing', 'maybe'];

interface ScreenDeps {
  readonly directory: Directory;
  readonly inbox: Inbox;
  readonly marks: Marks;
}

/** What each phone shows: messages with what became of them. */
export class Screen extends Part<ScreenDeps> {
  /** A chat, or everything, in order; `after` is a message id or a sequence number. What has had its time vanishes. */
  list(account: Account, chat?: string, after?: string, limit?: number): ShownMessage[] {
    const { number } = account;
    return this.deps.inbox.list(number, chat, after, limit).flatMap((message) => {
      const shown = this.#shown(account, message);
      if (!hasVanished(shown)) return [shown];
      this.deps.inbox.vanish(number, message.seq);
      return [];
    });
  }

  /** A message that can't be shown is shown empty: the others are still to be seen. */
  #shown(account: Account, message: KeptMessage): ShownMessage {
    try {
      return this.#show(account, message);
    } catch {
      const { content: _, peer: __, ...kept } = message;
      return { ...kept, content: {} };
    }
  }

  #show({ number }: Account, { content: message, peer: _, ...kept }: KeptMessage): ShownMessage {
    if (kept.type === 'revoked') return { ...kept, content: {} };
    const who = (jid: string): string => this.#numberOf(jid);
    const marks = this.deps.marks.on({ number, chat: kept.chat, id: kept.id });
    const { content } = describe(message, who);
    const mentioned = contextOf(unwrap(message).message)?.mentionedJid ?? [];
    const names = new Map(mentioned.map((jid) => [digitsOf(jid), who(jid)]));
    const text = mentionsAs(kept.text, names);
    if (content.caption !== undefined) content.caption = mentionsAs(content.caption, names);
    this.#tally(content, kept, message, marks);
    const quoted = this.#quoted(message);
    return {
      ...kept,
      text,
      ...(quoted && { quoted }),
      content: { ...content, ...marksShown(marks, content) },
    };
  }

  #quoted(message: proto.IMessage): Quoted | undefined {
    const { stanzaId: id, quotedMessage, participant } = contextOf(unwrap(message).message) ?? {};
    if (!id) return undefined;
    const from = participant ? { from: this.#numberOf(participant) } : {};
    if (!quotedMessage) return { id, text: '', ...from };
    const { type, text } = describe(quotedMessage);
    return { id, text, type, ...from };
  }

  /** Counts votes and answers, which are encrypted with a secret of the message they are about. */
  #tally(content: Content, { id, from }: InboxMessage, message: proto.IMessage, marks: Mark[]): void {
    const { secret } = unwrap(message);
    if (!secret || !(content.poll || content.event)) return;
    const open = (purpose: 'Poll Vote' | 'Event Response', { sender, value }: Mark) =>
      unseal(purpose, secret, id, this.#names(from), this.#names(sender), sealedFrom(value));
    for (const mark of marks) {
      const { kind, sender } = mark;
      if (content.poll && kind === 'vote') countVote(content.poll, sender, voteFrom(open('Poll Vote', mark)));
      if (content.event && kind === 'response')
        noteAnswer(content.event, sender, answerFrom(open('Event Response', mark)));
    }
  }

  #numberOf(jid: string): string {
    return this.deps.directory.resolve(jid)?.account.number ?? jid.replace(/[:@].*$/, '');
  }

  #names(number: string): string[] {
    const account = this.deps.directory.find(number);
    return account ? namesOf(account) : [];
  }
}

function hasVanished({ type, timestamp, content }: ShownMessage): boolean {
  const { expiration, kept } = content;
  if (!expiration || kept || type === 'disappearing') return false;
  return timestamp + expiration * 1000 < Date.now();
}

type Vote = proto.Message.IPollVoteMessage;
type Answer = proto.Message.IEventResponseMessage;

const voteFrom = reader((plain): Vote => proto.Message.PollVoteMessage.decode(plain));
const answerFrom = reader((plain): Answer => proto.Message.EventResponseMessage.decode(plain));

/** Whoever knows a secret may encrypt nonsense with it, which counts for nothing. */
function reader<T>(decode: (plain: Buffer) => T): (plain: Buffer | undefined) => T | undefined {
  return (plain) => {
    try {
      return plain && decode(plain);
    } catch {
      return undefined;
    }
  };
}

function countVote(poll: NonNullable<Content['poll']>, voter: string, vote: Vote | undefined): void {
  const chosen = new Set(vote?.selectedOptions?.map((hash) => Buffer.from(hash).toString('hex')));
  for (const option of poll.options) {
    if (!chosen.has(createHash('sha256').update(option.name).digest('hex'))) continue;
    option.voters.push(voter);
    option.votes += 1;
  }
}

function noteAnswer(event: NonNullable<Content['event']>, from: string, answer: Answer | undefined): void {
  if (!answer) return;
  const response = ANSWERS[answer.response ?? 0] ?? 'unknown';
  event.responses ??= [];
  event.responses.push({ from, response, guests: answer.extraGuestCount ?? 0 });
}

/** Only what disappears can be kept: in a chat that lasts a keep means nothing. */
function marksShown(marks: Mark[], { expiration }: Content): Content {
  const shown: Content = {};
  for (const { kind, sender, value, at } of marks) {
    if (kind === 'reaction')
      shown.reactions = [...(shown.reactions ?? []), { from: sender, text: value, at }];
    if (kind === 'edited') Object.assign(shown, { edited: true, editedAt: at });
    if (kind === 'pinned' && Number(value) > Date.now()) shown.pinned = { by: sender, until: Number(value) };
    if (kind === 'kept' && expiration) shown.kept = { by: sender, at };
    if (kind === 'opened') shown.opened = true;
  }
  return shown;
}
