import type { Actor } from '../../platform/actor.ts';
import { Failure, type Problem } from '../../platform/failures.ts';
import type { Messages } from '../messages/index.ts';

/** A message as somebody wants it sent to many: a text, or a kind with its fields. */
export type WantedMessage = string | Record<string, unknown>;

/** What it will say, before its variables are filled in. */
export interface ReadyContent {
  type: string;
  content: Record<string, unknown>;
}

type Tools = Pick<Messages, 'readSend' | 'say'>;

/**
 * The kind and the fields of a message. `text` beside a file is its caption, as clients send it. Answers every problem, with
 * paths below `/content`.
 */
export function readMessage(messages: Pick<Tools, 'readSend'>, wanted: WantedMessage) {
  if (typeof wanted === 'string') {
    return { type: 'text', read: messages.readSend('text', { text: wanted }) };
  }
  const { type: asked, ...fields } = wanted;
  const type = typeof asked === 'string' && asked !== '' ? asked : 'text';
  const { text, ...others } = fields;
  const isCaption = type !== 'text' && typeof text === 'string' && others.caption === undefined;
  return {
    type,
    read: messages.readSend(type, isCaption ? { ...others, ...(text !== '' && { caption: text }) } : fields),
  };
}

/**
 * Makes a message ready: its file is taken in, once for all who are sent it.
 * @throws Failure as the routes of messages do; problems are named below `path`
 */
export async function readyMessage(
  messages: Tools,
  actor: Pick<Actor, 'organizationId' | 'reach'>,
  profileId: string,
  { wanted, path }: { wanted: WantedMessage; path: string },
): Promise<ReadyContent> {
  const below = (details: readonly Problem[]) =>
    details.map(({ path: at, problem }) => ({ path: `${path}${at.replace(/^\/content/, '')}`, problem }));
  const { type, read } = readMessage(messages, wanted);
  if ('problems' in read) throw new Failure('VALIDATION_ERROR', { details: below(read.problems) });
  try {
    const said = await messages.say(actor, { type, body: { ...read.fields, profileId } });
    return { type: said.type, content: said.content };
  } catch (error) {
    if (!(error instanceof Failure) || !error.details) throw error;
    throw new Failure(error.code, { says: error.message, details: below(error.details), cause: error });
  }
}
