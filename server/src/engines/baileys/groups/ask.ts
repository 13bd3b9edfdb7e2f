import type { BinaryNode, WASocket } from 'baileys';
import type { ChatId } from '../../../platform/chat-id.ts';
import { EngineGone, EngineRefusal } from '../../port.ts';
import { toJid } from '../ids.ts';
import { explain } from '../outbound.ts';

/** The address of all groups together. */
const anywhere = '@g.us';
const answerMsMax = 30_000;

/**
 * Asks something about a group, or about all of them; answers the result.
 * @throws EngineRefusal with the network's number, EngineBusy, EngineGone
 */
export async function askGroup(
  socket: WASocket,
  chat: ChatId | undefined,
  type: 'get' | 'set',
  ask: BinaryNode,
): Promise<BinaryNode> {
  const attrs = { type, xmlns: 'w:g2', to: chat ? toJid(chat) : anywhere };
  try {
    return (await socket.query({ tag: 'iq', attrs, content: [ask] }, answerMsMax)) as BinaryNode;
  } catch (error) {
    throw refusalOf(error) ?? explain(error, 'WhatsApp did not answer about a group');
  }
}

/** What the network refuses for good; undefined for a failure that says nothing about what was asked. */
export function refusalOf(error: unknown): EngineRefusal | undefined {
  const { data, message = '' } = error as { data?: unknown; message?: string };
  if (typeof data !== 'number' || data === 429 || message.includes('rate-overlimit')) return undefined;
  const isFinal = (data >= 400 && data < 500) || data === 501;
  return isFinal ? new EngineRefusal(data, `WhatsApp refused this: ${message} (${data}).`) : undefined;
}

/** @throws EngineGone when the network left out what it was asked for */
export function told<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new EngineGone('WhatsApp answered something else than it was asked.');
  return value;
}

export const leaf = (tag: string, attrs: Record<string, string> = {}): BinaryNode => ({ tag, attrs });
