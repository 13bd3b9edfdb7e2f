import type { Account } from '../accounts/account.ts';
import type { Attachments } from '../media/attachments.ts';
import { MediaRefused } from '../media/refusal.ts';
import { Part } from '../part.ts';
import { attachmentIn } from './contents/attachment.ts';
import { ContentRefused } from './contents/new-message.ts';
import { unwrap } from './contents/unwrap.ts';
import type { Inbox, KeptMessage } from './inbox.ts';
import type { Marks } from './marks.ts';

/** A file as the person sees or saves it. */
interface OpenedFile {
  readonly bytes: Buffer;
  readonly mimetype: string;
  readonly fileName: string | undefined;
}

interface ViewerDeps {
  readonly inbox: Inbox;
  readonly marks: Marks;
  readonly attachments: Attachments;
}

/** Looks at what came with messages. */
export class Viewer extends Part<ViewerDeps> {
  /**
   * The file of a message. Throws a ContentRefused (404) when there is none, a MediaRefused when the network has lost
   * it (404, 410) or it was to be looked at once and has been (410).
   */
  async file(account: Account, id: string): Promise<OpenedFile> {
    const message = this.#message(account, id);
    const attachment = attachmentIn(message.content);
    if (!attachment) throw new ContentRefused(404, 'NO_MEDIA', `No file comes with the message "${id}".`);
    if (this.#isSpent(account, message))
      throw new MediaRefused(410, 'MEDIA_OPENED', 'The file could be looked at once, and has been.');
    const bytes = await this.deps.attachments.open(attachment);
    const { mimetype, fileName } = attachment;
    return { bytes, mimetype: mimetype || 'application/octet-stream', fileName: fileName || undefined };
  }

  /**
   * Marks a voice message, round video or view-once file as played; gives it for the receipt, or nothing when it was
   * already. Throws a ContentRefused when there is nothing to play (404, 409).
   */
  play(account: Account, id: string): KeptMessage | undefined {
    const message = this.#message(account, id);
    const { number } = account;
    const isPlayed = message.type === 'voice' || message.type === 'ptv' || unwrap(message.content).viewOnce;
    if (!isPlayed || message.fromMe) {
      const what = 'Only voice messages, round videos and view-once files of others are played.';
      throw new ContentRefused(409, 'NOTHING_TO_PLAY', what);
    }
    if (this.#wasOpened(account, message)) return undefined;
    const mark = { kind: 'opened', sender: number, value: '', at: Date.now() } as const;
    this.deps.marks.set({ number, chat: message.chat, id }, mark);
    this.deps.inbox.raise(number, [id], 'played');
    return message;
  }

  #message({ number }: Account, id: string): KeptMessage {
    const message = this.deps.inbox.message(number, id);
    if (message) return message;
    throw new ContentRefused(404, 'MESSAGE_NOT_FOUND', `There is no message "${id}" on this phone.`);
  }

  #isSpent(account: Account, message: KeptMessage): boolean {
    return unwrap(message.content).viewOnce && this.#wasOpened(account, message);
  }

  #wasOpened({ number }: Account, { chat, id }: KeptMessage): boolean {
    return this.deps.marks.on({ number, chat, id }).some(({ kind }) => kind === 'opened');
  }
}
