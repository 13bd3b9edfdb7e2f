import type { proto } from 'baileys';
import { type CipherKind, decryptMedia, encryptMedia } from './cipher.ts';
import type { MediaHost } from './host.ts';

/** What a message says of the file that comes with it; the fields of all file messages have these names. */
export interface AttachedFile {
  url: string;
  directPath: string;
  mediaKey: Uint8Array;
  /** Unix seconds. */
  mediaKeyTimestamp: number;
  fileSha256: Uint8Array;
  fileEncSha256: Uint8Array;
  /** Size of the plain file in bytes. */
  fileLength: number;
}

/** What is needed of a message to open its file; anything may be missing in a message that somebody made up. */
type FileFields = Pick<
  proto.Message.IDocumentMessage,
  'url' | 'directPath' | 'mediaKey' | 'fileSha256' | 'fileEncSha256'
>;

/** A file that comes with a message, and what it was encrypted as. */
export interface Attachment extends FileFields {
  readonly kind: CipherKind;
}

const UPLOADED_AS: Record<CipherKind, string> = {
  image: 'image',
  video: 'video',
  audio: 'audio',
  document: 'document',
  sticker: 'image',
  'thumbnail-link': 'image',
  'md-msg-hist': 'md-app-state',
  'md-app-state': 'md-app-state',
};

/** The files that phones send and open, encrypted as those of any client. */
export class Attachments {
  readonly #media: MediaHost;

  constructor(media: MediaHost) {
    this.#media = media;
  }

  /** Encrypts a file and uploads it. Throws a MediaRefused when it is too large. */
  async attach(plain: Uint8Array, kind: CipherKind, uploader: string): Promise<AttachedFile> {
    const { file, ...fields } = encryptMedia(plain, kind);
    const stored = await this.#media.files.put(file, UPLOADED_AS[kind], uploader);
    const directPath = this.#media.files.directPath(stored);
    const mediaKeyTimestamp = Math.floor(Date.now() / 1000);
    return { url: this.#media.url(directPath), directPath, mediaKeyTimestamp, ...fields };
  }

  /**
   * Downloads a file and decrypts it. Throws a MediaRefused when the network does not have it (403, 404, 410), and
   * MediaDamaged when it is not what the message says.
   */
  async open({ kind, url, directPath, mediaKey, fileSha256 }: Attachment): Promise<Buffer> {
    const stored = this.#media.files.findByPath(directPath || url || '');
    return decryptMedia(await this.#media.files.read(stored), kind, mediaKey ?? new Uint8Array(), fileSha256);
  }

  /** Uploads once more what a person has on the phone, if it still is there; gives the new direct path. */
  uploadAgain({ kind, fileEncSha256 }: Attachment, uploader: string): string | undefined {
    const hash = Buffer.from(fileEncSha256 ?? []).toString('hex');
    const stored = this.#media.files.again(hash, UPLOADED_AS[kind], uploader);
    return stored && this.#media.files.directPath(stored);
  }
}
