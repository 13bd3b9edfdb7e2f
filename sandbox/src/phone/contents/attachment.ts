import type { proto } from 'baileys';
import type { Attachment } from '../../media/attachments.ts';
import type { CipherKind } from '../../media/cipher.ts';
import { partOf, unwrap } from './unwrap.ts';

const KINDS: Partial<Record<keyof proto.IMessage, CipherKind>> = {
  imageMessage: 'image',
  videoMessage: 'video',
  ptvMessage: 'video',
  audioMessage: 'audio',
  documentMessage: 'document',
  stickerMessage: 'sticker',
};

/** A file that came with a message, and what it is to be saved as. */
export interface ReceivedFile extends Attachment {
  readonly mimetype?: string | null;
  readonly fileName?: string | null;
}

/** The file that comes with a message, within whatever wrappers; undefined when there is none. */
export function attachmentIn(message: proto.IMessage): ReceivedFile | undefined {
  const whole = unwrap(message).message;
  const picture = whole.productMessage?.product?.productImage;
  const part = partOf(picture ? { imageMessage: picture } : whole);
  const kind = part && KINDS[part.field];
  return kind && { ...(part.value as Omit<ReceivedFile, 'kind'>), kind };
}
