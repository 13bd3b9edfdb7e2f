import type { IncomingMessage } from '../../engines/port.ts';
import { type ChatId, localPart } from '../../platform/chat-id.ts';
import { knownAs, type Phones } from './changes/authors.ts';

type Content = Record<string, unknown>;

/** Whom a message mentions, or what it becomes by an edit. */
export function mentionsIn({ mentions, content }: Content): ChatId[] {
  if (content && typeof content === 'object') return mentionsIn(content as Content);
  return Array.isArray(mentions) ? (mentions as ChatId[]) : [];
}

/** The same with people named by number where it is known. */
export function withKnownPeople(message: IncomingMessage, phones: Phones): IncomingMessage {
  const { content } = message;
  const inside = content.content as IncomingMessage['content'] | undefined;
  if (!inside || mentionsIn(inside).length === 0) return message;
  return {
    ...message,
    content: { ...content, content: { type: inside.type, ...contentOf(inside, phones) } },
  };
}

/** As it is stored: the kind has a column of its own, and people are named by number where it is known. */
export function contentOf({ type: _, ...content }: IncomingMessage['content'], phones: Phones): Content {
  const people = mentionsIn(content);
  if (people.length === 0) return content;
  const mentions = people.map((person) => knownAs(person, phones));
  const digits = new Map(people.map((person, index) => [localPart(person), mentions[index] ?? person]));
  return { ...content, ...withNames(content, digits), mentions };
}

/** A text names whom it mentions as `@` and the digits of an address; here of the one that is known. */
function withNames({ text, caption }: Content, people: ReadonlyMap<string, ChatId>): Content {
  const renamed = (words: string) =>
    words.replace(/@(\d{5,20})/g, (all, digits: string) => {
      const person = people.get(digits);
      return person ? `@${localPart(person)}` : all;
    });
  return {
    ...(typeof text === 'string' && { text: renamed(text) }),
    ...(typeof caption === 'string' && { caption: renamed(caption) }),
  };
}
