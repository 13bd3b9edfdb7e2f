import type { WASocket } from 'baileys';
import { type ChatId, lidOf } from '../../platform/chat-id.ts';
import { EngineGone, EngineRefusal, type Person } from '../port.ts';
import { toJid, toPerson } from './ids.ts';
import { explain } from './outbound.ts';

/** Everybody whom the account has blocked, with their number where this device knows it. */
export async function blockedPeople(socket: WASocket): Promise<Person[]> {
  const jids = await socket.fetchBlocklist().catch((error: unknown) => {
    throw explain(error, 'WhatsApp did not tell who is blocked');
  });
  const { lidMapping } = socket.signalRepository;
  return Promise.all(
    jids.map(async (jid) => {
      const { phone, lid } = toPerson([jid]);
      const other = lid && !phone ? await lidMapping.getPNForLID(toJid(lid)) : undefined;
      return toPerson([jid, other]);
    }),
  );
}

/** The network wants both addresses of somebody who is blocked: the one that is not known is asked for. */
export async function setBlocked(socket: WASocket, person: ChatId, isBlocked: boolean): Promise<void> {
  const jid = toJid(person);
  const { lidMapping } = socket.signalRepository;
  try {
    if (!lidOf(person) && !(await lidMapping.getLIDForPN(jid))) {
      throw new EngineRefusal(404, 'This number is not on WhatsApp.');
    }
    await socket.updateBlockStatus(jid, isBlocked ? 'block' : 'unblock');
  } catch (error) {
    throw refusalOf(error);
  }
}

function refusalOf(error: unknown): Error {
  if (error instanceof EngineRefusal) return error;
  const { message = '', data } = error as { message?: string; data?: unknown };
  if (message.startsWith('Unable to resolve PN')) {
    return new EngineRefusal(
      404,
      'The phone number of this person is not known, and WhatsApp wants it to block them.',
    );
  }
  if (message.startsWith('Unable to resolve') || data === 404) {
    return new EngineRefusal(404, 'This number is not on WhatsApp.');
  }
  const known = explain(error, 'WhatsApp could not be told whom to block');
  return known instanceof Error ? known : new EngineGone(String(error));
}
