import type { Account } from '../accounts/account.ts';
import { type FileInMessage, fileIn } from './contents/file.ts';
import { ContentRefused } from './contents/new-message.ts';
import type { Files } from './files.ts';
import type { Inbox, KeptMessage } from './inbox.ts';
import type { Marks } from './marks.ts';

/** A decrypted file as a person gets to see it. */
export interface OpenedFile {
  readonly data: Buffer;
  readonly mimetype: string;
  readonly fileName: string | undefined;
}

/** Shows the files of messages on a phone. Refuses with ContentRefused. */
export class Viewer {
  readonly #files: Files;
  readonly #inbox: Inbox;
  readonly #marks: Marks;

  constructor(files: Files, inbox: Inbox, marks: Marks) {
    this.#files = files;
    this.#inbox = inbox;
    this.#marks = marks;
  }

  /** The file of a message that may be looked at again and again. */
  async file(account: Account, id: string): Promise<OpenedFile> {
    const { file } = this.#find(account, id);
    if (file.viewOnce)
      throw new ContentRefused(
        409,
        'VIEW_ONCE',
        'The file may be looked at once only: open the message instead.',
      );
    return this.#fetch(file);
  }

  /** Opens a message of somebody else: a view-once file is gone after this. */
  async open(account: Account, id: string): Promise<{ message: KeptMessage; file: OpenedFile }> {
    const { message, file } = this.#find(account, id);
    if (message.fromMe)
      throw new ContentRefused(409, 'OWN_MESSAGE', 'Only whoever got the message can open it.');
    const { number } = account;
    const marked = { number, chat: message.chat, id };
    const wasOpened = (): boolean => this.#marks.on(marked).some(({ kind }) => kind === 'opened');
    if (file.viewOnce && wasOpened()) throw gone();
    const opened = await this.#fetch(file);
    // Somebody may have looked while the file was on its way.
    if (file.viewOnce && wasOpened()) throw gone();
    this.#marks.set(marked, { kind: 'opened', sender: number, value: '', at: Date.now() });
    this.#inbox.raise(number, [id], 'played');
    return { message, file: opened };
  }

  #find(account: Account, id: string): { message: KeptMessage; file: FileInMessage } {
    const message = this.#inbox.message(account.number, id);
    if (!message)
      throw new ContentRefused(404, 'MESSAGE_NOT_FOUND', `There is no message "${id}" on this phone.`);
    const file = fileIn(message.content);
    if (!file)
      throw new ContentRefused(409, 'NO_MEDIA', 'The message carries no file that could be fetched.');
    return { message, file };
  }

  async #fetch(file: FileInMessage): Promise<OpenedFile> {
    const { mimetype, fileName } = file;
    const data = await this.#files.get(file);
    if (!data) throw new ContentRefused(410, 'MEDIA_GONE', 'The network no longer has the file.');
    return { data, mimetype, fileName };
  }
}

function gone(): ContentRefused {
  return new ContentRefused(410, 'VIEW_ONCE_OPENED', 'The file was looked at already, and is gone.');
}
