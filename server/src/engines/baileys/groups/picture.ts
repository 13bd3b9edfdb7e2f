import { type BinaryNode, getBinaryNodeChild, S_WHATSAPP_NET, type WASocket } from 'baileys';
import { request } from 'undici';
import type { ChatId } from '../../../platform/chat-id.ts';
import { EngineGone, EngineRefusal } from '../../port.ts';
import { toJid } from '../ids.ts';
import type { Trust } from '../media/trust.ts';
import { explain } from '../outbound.ts';
import { refusalOf } from './ask.ts';

const answerMsMax = 30_000;
const bytesMax = 5_000_000;

async function ask(
  socket: WASocket,
  chat: ChatId,
  type: 'get' | 'set',
  content: BinaryNode[] | undefined,
): Promise<BinaryNode> {
  const attrs = { to: S_WHATSAPP_NET, type, xmlns: 'w:profile:picture', target: toJid(chat) };
  try {
    return (await socket.query({ tag: 'iq', attrs, ...(content && { content }) }, answerMsMax)) as BinaryNode;
  } catch (error) {
    throw refusalOf(error) ?? explain(error, 'WhatsApp did not answer about a picture');
  }
}

/** Sets the picture of a group, or takes it away; answers the network's version of it. */
export async function setPicture(
  socket: WASocket,
  chat: ChatId,
  jpeg: Buffer | null,
): Promise<string | undefined> {
  const content = jpeg ? [{ tag: 'picture', attrs: { type: 'image' }, content: jpeg }] : undefined;
  const answer = await ask(socket, chat, 'set', content);
  return versionIn(getBinaryNodeChild(answer, 'picture'));
}

/** The picture of a group; undefined when there is none, or when we may not see it. */
export async function pictureOf(
  socket: WASocket,
  trust: Trust,
  chat: ChatId,
): Promise<{ version: string; jpeg: Buffer } | undefined> {
  const wish: BinaryNode = { tag: 'picture', attrs: { type: 'image', query: 'url' } };
  const picture = await ask(socket, chat, 'get', [wish]).then(
    (answer) => getBinaryNodeChild(answer, 'picture'),
    (error: unknown) => {
      if (error instanceof EngineRefusal && [401, 403, 404].includes(error.code)) return undefined;
      throw error;
    },
  );
  const version = versionIn(picture);
  const { url } = picture?.attrs ?? {};
  return version && url ? { version, jpeg: await fetched(trust, url) } : undefined;
}

export const versionIn = (picture: BinaryNode | undefined) => picture?.attrs.id?.slice(0, 64);

/** The picture at an address that the network names itself; no stranger does. @throws EngineGone */
export async function fetched(trust: Trust, url: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    const answer = await request(url, {
      dispatcher: await trust.dispatcher(),
      signal: AbortSignal.timeout(answerMsMax),
    });
    for await (const part of answer.body) {
      size += part.length;
      if (answer.statusCode !== 200 || size > bytesMax) break;
      parts.push(part as Buffer);
    }
    if (answer.statusCode === 200 && size <= bytesMax) return Buffer.concat(parts);
  } catch (error) {
    throw new EngineGone(`The picture could not be fetched: ${String(error)}.`);
  }
  throw new EngineGone('The picture could not be fetched.');
}
