import type { proto } from 'baileys';
import { type Account, lidJid, pnJid } from '../accounts/account.ts';
import type { Directory } from '../accounts/directory.ts';
import { STATUS_JID } from '../groups/chats.ts';
import { groupJid, isAdmin, mayEdit, memberJid } from '../groups/group.ts';
import type { Groups } from '../groups/groups.ts';
import { Invitations } from '../groups/invitations.ts';
import type { Attachments } from '../media/attachments.ts';
import { Part } from '../part.ts';
import type { Profiles } from '../people/profiles.ts';
import type { Store } from '../store/sqlite.ts';
import { build } from './contents/build.ts';
import { buildDeed, type DeedTarget } from './contents/build-deed.ts';
import { draftMedia, wrapMedia } from './contents/build-media.ts';
import { digitsOf, mentionsAs } from './contents/mentions.ts';
import {
  ContentRefused,
  type NewDeed,
  type NewMedia,
  type NewMessage,
  type NewRaw,
} from './contents/new-message.ts';
import { type RawMessage, rawFrom } from './contents/raw.ts';
import { begunByDefault, quotation, vanishing, withContext } from './contents/surround.ts';
import type { Inbox, KeptMessage } from './inbox.ts';
import type { Marks } from './marks.ts';
import { chatOf, type Target } from './sender.ts';

interface ComposerDeps {
  readonly store: Store;
  readonly directory: Directory;
  readonly groups: Groups;
  readonly attachments: Attachments;
  readonly profiles: Profiles;
  readonly inbox: Inbox;
  readonly marks: Marks;
}

type NewShownMessage = Exclude<NewMessage, NewDeed | NewRaw>;

/** A message as it is sent; `reach` is the chat, or of a status only those whom this concerns. */
interface Composed {
  readonly reach: Target;
  readonly message: proto.IMessage;
  readonly raw?: RawMessage;
}

/** Makes messages of what people write, with what is on their phones. Refuses with ContentRefused. */
export class Composer extends Part<ComposerDeps> {
  readonly #invitations = new Invitations(this.deps.store);

  /** The message to send to a chat, and whom it reaches. */
  async compose(account: Account, to: Target, body: NewMessage): Promise<Composed> {
    if (body.type === 'raw') return { reach: to, ...rawFrom(body) };
    if (!isDeed(body)) return { reach: to, message: await this.#whole(account, to, body) };
    const { author, ...target } = this.#target(account, to, body.id);
    const message = buildDeed(body, target);
    // Nobody but its author hears what somebody thinks of a status.
    const isOthers = to.is === 'status' && author !== account;
    return { reach: isOthers ? { is: 'status', audience: [author] } : to, message };
  }

  /** The same with its mentions named as the chat names people. */
  #named<Body extends NewShownMessage>(to: Target, body: Body): Body {
    const names = (body.mentions ?? []).map((number) => {
      const jid = nameIn(to, this.deps.directory.ensure(number));
      return [number, digitsOf(jid)] as const;
    });
    const words = body as { text?: string; caption?: string };
    const named = new Map(names);
    return {
      ...body,
      ...(words.text !== undefined && { text: mentionsAs(words.text, named) }),
      ...(words.caption !== undefined && { caption: mentionsAs(words.caption, named) }),
    };
  }

  async #whole(account: Account, to: Target, body: NewShownMessage): Promise<proto.IMessage> {
    if (body.type === 'disappearing' && to.is !== 'person') throw notInChatsOfMany();
    const message = await this.#shown(account, to, this.#named(to, body));
    if (body.type === 'disappearing') return message;
    const isBegun = body.disappearing !== undefined || this.#isBegun(account, to);
    const usual = isBegun ? this.#lasting(account, to) : this.deps.profiles.disappearing(account).value;
    const expiration = body.disappearing ?? usual;
    const since = body.disappearing === undefined ? this.#lastingSince(account, to) : undefined;
    const context = {
      ...this.#context(account, to, body, expiration),
      ...(!isBegun && expiration > 0 && begunByDefault()),
      ...(expiration > 0 && since && { ephemeralSettingTimestamp: Math.floor(since / 1000) }),
    };
    const inner = withContext(message, context);
    const whole = isMedia(body) ? wrapMedia(body, inner) : inner;
    return expiration > 0 ? vanishing(whole) : whole;
  }

  async #shown(account: Account, to: Target, body: NewShownMessage): Promise<proto.IMessage> {
    if (body.type === 'groupInvite') return this.#invite(account, to, body);
    if (!isMedia(body)) return build(body);
    const { data, cipher, message } = draftMedia(body);
    return message(await this.deps.attachments.attach(data, cipher, account.number));
  }

  #context(
    account: Account,
    to: Target,
    { quoted, mentions = [], forwarded }: NewShownMessage,
    expiration: number,
  ): proto.IContextInfo {
    const mentionedJid = mentions.map((number) => nameIn(to, this.deps.directory.ensure(number)));
    return {
      ...(quoted !== undefined && this.#quote(account, to, quoted)),
      ...(mentionedJid.length > 0 && { mentionedJid }),
      ...(forwarded && { isForwarded: true, forwardingScore: 1 }),
      ...(expiration > 0 && { expiration }),
    };
  }

  /** The message that is answered: of this chat, or, in a chat of two, of another one (an answer to a status). */
  #quote(account: Account, to: Target, id: string): proto.IContextInfo {
    const chat = chatOf(to);
    const { number } = account;
    const message =
      this.deps.inbox.message(number, id, chat) ??
      (to.is === 'person' ? this.deps.inbox.message(number, id) : undefined);
    if (!message || message.type === 'revoked') throw notHere(id);
    const author = this.deps.directory.find(message.from);
    return {
      stanzaId: id,
      participant: author ? nameIn(to, author) : '',
      quotedMessage: quotation(message.content),
      ...(message.chat !== chat && { remoteJid: message.peer }),
    };
  }

  #target(account: Account, to: Target, id: string): DeedTarget & { readonly author: Account } {
    const message = this.deps.inbox.message(account.number, id, chatOf(to));
    const author = message && this.deps.directory.find(message.from);
    if (!message || !author) throw notHere(id);
    const { type, content, fromMe } = message;
    return {
      author,
      key: keyOf(to, message, author),
      ...{ type, content, fromMe },
      isAdmin: to.is === 'group' && isAdmin(to.group, account.number),
      mayPin: to.is !== 'group' || mayEdit(to.group, account.number),
      parties: { creator: nameIn(to, author), actor: nameIn(to, account) },
      eventParties: { creator: pnJid(author), actor: otherNameIn(to, account) },
    };
  }

  #invite(account: Account, to: Target, body: Extract<NewMessage, { type: 'groupInvite' }>): proto.IMessage {
    const group = this.deps.groups.find(body.group.includes('@') ? body.group : `${body.group}@g.us`);
    if (!group) throw new ContentRefused(404, 'GROUP_NOT_FOUND', `There is no group "${body.group}".`);
    if (to.is !== 'person')
      throw new ContentRefused(400, 'VALIDATION_ERROR', 'An invitation goes to one person.');
    if (!isAdmin(group, account.number))
      throw new ContentRefused(403, 'NOT_ADMIN', 'Only admins of a group invite into it.');
    const { code, expiration } = this.#invitations.issue(group, account.number, to.account.number);
    return {
      groupInviteMessage: {
        ...{ groupJid: groupJid(group), groupName: group.subject },
        ...{ inviteCode: code, inviteExpiration: expiration },
        ...(body.text !== undefined && { caption: body.text }),
      },
    };
  }

  /** A chat of two that nobody has written in, nor set how long it lasts, begins with the default of who writes first. */
  #isBegun({ number }: Account, to: Target): boolean {
    if (to.is !== 'person') return true;
    const chat = chatOf(to);
    return (
      this.deps.inbox.newest(number, chat) > 0 || this.deps.marks.on({ number, chat, id: '' }).length > 0
    );
  }

  /** Seconds that messages last in a chat; 0: for ever. */
  #lasting({ number }: Account, to: Target): number {
    if (to.is === 'group') return to.group.ephemeral;
    const [setting] = this.deps.marks.on({ number, chat: chatOf(to), id: '' });
    return Number(setting?.value ?? 0);
  }

  /** Unix milliseconds since when they last that long, in a chat of two: phones believe whoever set it last. */
  #lastingSince({ number }: Account, to: Target): number | undefined {
    return to.is === 'person' ? this.deps.marks.on({ number, chat: chatOf(to), id: '' })[0]?.at : undefined;
  }
}

const DEEDS: Record<NewDeed['type'], true> = {
  ...{ reaction: true, edit: true, revoke: true, vote: true, eventResponse: true, pin: true, keep: true },
};

function isDeed(body: NewMessage): body is NewDeed {
  return Object.hasOwn(DEEDS, body.type);
}

const MEDIA: Record<NewMedia['type'], true> = {
  ...{
    image: true,
    video: true,
    gif: true,
    ptv: true,
    voice: true,
    audio: true,
    document: true,
    sticker: true,
  },
};

function isMedia(body: NewMessage): body is NewMedia & NewShownMessage {
  return Object.hasOwn(MEDIA, body.type);
}

function notHere(id: string): ContentRefused {
  return new ContentRefused(
    404,
    'MESSAGE_NOT_FOUND',
    `There is no message "${id}" in this chat on this phone.`,
  );
}

/** The phone sends no message for that: it changes a setting of the group. */
function notInChatsOfMany(): ContentRefused {
  const what = 'This is sent to one person; in a group it is a setting: PUT /api/groups/:group, "ephemeral".';
  return new ContentRefused(400, 'VALIDATION_ERROR', what);
}

/** How a chat names a person. */
function nameIn(to: Target, account: Account): string {
  return to.is === 'group' ? memberJid(to.group, account) : pnJid(account);
}

/** A person's other name: by LID where the chat goes by phone number. Clients take it for the author of an answer. */
function otherNameIn(to: Target, account: Account): string {
  return to.is === 'group' && to.group.mode === 'lid' ? pnJid(account) : lidJid(account);
}

/** The key of a message as this person's devices see it. */
function keyOf(to: Target, { id, fromMe }: KeptMessage, author: Account): proto.IMessageKey {
  if (to.is === 'person') return { remoteJid: pnJid(to.account), fromMe, id };
  const remoteJid = to.is === 'group' ? groupJid(to.group) : STATUS_JID;
  return { remoteJid, fromMe, id, participant: nameIn(to, author) };
}
