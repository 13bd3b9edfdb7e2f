import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { proto } from 'baileys';
import { type Address, pnJid } from '../accounts/account.ts';
import type { Attachment, Attachments } from '../media/attachments.ts';
import { Part } from '../part.ts';
import type { Mailbox } from '../router/mailbox.ts';
import { type BinaryNode, bytes, child, node, nowSeconds } from '../wire/node.ts';
import { attachmentIn } from './contents/attachment.ts';
import type { Inbox } from './inbox.ts';

const { ResultType } = proto.MediaRetryNotification;
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

interface ReuploadsDeps {
  readonly inbox: Inbox;
  readonly attachments: Attachments;
  readonly mailbox: Mailbox;
}

/** A companion can't download a file any more and asks the phone, which keeps its files, to upload it again. */
export class Reuploads extends Part<ReuploadsDeps> {
  /** Answers a `receipt type=server-error`. The message itself must have been read by the phone before. */
  answer(from: Address, receipt: BinaryNode): void {
    const { number } = from.account;
    const { id = '' } = receipt.attrs;
    const content = this.deps.inbox.message(number, id)?.content;
    const attachment = content && attachmentIn(content);
    const key = attachment?.mediaKey && retryKey(attachment.mediaKey);
    if (!attachment || !key) this.refuse(from, receipt);
    else if (!isGenuine(receipt, key)) this.refuse(from, receipt, ResultType.DECRYPTION_ERROR);
    else this.#tell(from, receipt, sealed(this.#result(id, attachment, number), key, id));
  }

  /** Says that the file can't be had: the phone is off, or knows no such message. */
  refuse(from: Address, receipt: BinaryNode, code: number = ResultType.NOT_FOUND): void {
    this.#tell(from, receipt, node('error', { code }));
  }

  #result(stanzaId: string, attachment: Attachment, number: string): proto.IMediaRetryNotification {
    const directPath = this.deps.attachments.uploadAgain(attachment, number);
    if (!directPath) return { stanzaId, result: ResultType.NOT_FOUND };
    return { stanzaId, directPath, result: ResultType.SUCCESS };
  }

  #tell(to: Address, receipt: BinaryNode, outcome: BinaryNode): void {
    const { id } = receipt.attrs;
    const attributes = { type: 'mediaretry', from: pnJid(to.account), id, t: nowSeconds() };
    const about = node('rmr', { ...child(receipt, 'rmr')?.attrs });
    this.deps.mailbox.post(to, node('notification', attributes, [about, outcome]));
  }
}

function retryKey(mediaKey: Uint8Array): Buffer {
  const info = 'WhatsApp Media Retry Notification';
  return Buffer.from(hkdfSync('sha256', mediaKey, Buffer.alloc(0), info, KEY_BYTES));
}

/** Whether the request was made by somebody who has the file's key. One without proof is believed, as phones do. */
function isGenuine(receipt: BinaryNode, key: Buffer): boolean {
  const proof = child(receipt, 'encrypt');
  const [sealedBytes, iv] = [bytes(child(proof, 'enc_p')), bytes(child(proof, 'enc_iv'))];
  if (!proof) return true;
  if (!sealedBytes || sealedBytes.length < TAG_BYTES || iv?.length !== IV_BYTES) return false;
  const { id = '' } = receipt.attrs;
  try {
    const aes = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(id));
    aes.setAuthTag(sealedBytes.subarray(-TAG_BYTES));
    const plain = Buffer.concat([aes.update(sealedBytes.subarray(0, -TAG_BYTES)), aes.final()]);
    return proto.ServerErrorReceipt.decode(plain).stanzaId === id;
  } catch {
    return false;
  }
}

function sealed(result: proto.IMediaRetryNotification, key: Buffer, id: string): BinaryNode {
  const iv = randomBytes(IV_BYTES);
  const aes = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(id));
  const plain = proto.MediaRetryNotification.encode(result).finish();
  const ciphertext = Buffer.concat([aes.update(plain), aes.final(), aes.getAuthTag()]);
  return node('encrypt', {}, [node('enc_p', {}, ciphertext), node('enc_iv', {}, iv)]);
}
