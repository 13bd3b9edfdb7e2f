import { createHash } from 'node:crypto';
import { USyncQuery, USyncStatusProtocol, USyncUser, type WASocket } from 'baileys';
import type { ChatId } from '../../platform/chat-id.ts';
import type { PeoplePower, Shown } from '../port.ts';
import { fetched } from './groups/picture.ts';
import { toJid } from './ids.ts';
import type { Trust } from './media/trust.ts';
import { explain } from './outbound.ts';

const answerMsMax = 30_000;
const textMax = 2_048;

/**
 * The picture of a person. The network says where it lies; the path there is the same as long as the picture is, and so
 * stands for its version.
 */
export async function pictureOfPerson(
  socket: WASocket,
  trust: Trust,
  person: ChatId,
  known: string | undefined,
): ReturnType<PeoplePower['picture']> {
  const where = await socket
    .profilePictureUrl(toJid(person), 'image', answerMsMax)
    .then((url) => ({ url }), withheld('WhatsApp did not answer about a picture'));
  if ('is' in where) return where;
  if (!where.url) return { is: 'none' };
  const version = createHash('sha256').update(new URL(where.url).pathname).digest('hex').slice(0, 32);
  return { is: 'shown', version, ...(version !== known && { jpeg: await fetched(trust, where.url) }) };
}

/** What a person says about themselves. */
export async function aboutOf(socket: WASocket, person: ChatId): Promise<Shown<{ text: string }>> {
  const query = new USyncQuery();
  query.protocols.push(new USyncStatusProtocol());
  query.withUser(new USyncUser().withId(toJid(person)));
  const told = await socket
    .executeUSyncQuery(query)
    .then((answer) => ({ answer }), withheld('WhatsApp did not answer about a person'));
  if ('is' in told) return told;
  const { status } = (told.answer?.list[0]?.status ?? { status: null }) as { status: string | null };
  if (status === null) return { is: 'none' };
  // That is how Baileys reads that the person shows it to others only.
  if (status === '') return { is: 'hidden' };
  return { is: 'shown', text: status.slice(0, textMax).toWellFormed().replaceAll('\u0000', '\ufffd') };
}

/** The network refuses what it may not show, and what there is not. */
function withheld(what: string) {
  return (error: unknown): { is: 'none' } | { is: 'hidden' } => {
    const { data } = error as { data?: unknown };
    if (data === 401 || data === 403) return { is: 'hidden' };
    if (data === 404) return { is: 'none' };
    throw explain(error, what);
  };
}
