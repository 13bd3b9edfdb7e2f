import { chatKind, phoneChat, phoneOf, storedChat, tryParseChatId } from '../../platform/chat-id.ts';
import type { EventFacts } from '../../platform/events/facts.ts';
import { Failure, type Problem } from '../../platform/failures.ts';
import { formsOf } from '../../platform/number-forms.ts';
import type { Filters } from './webhooks.tables.ts';

const lists = ['chatKinds', 'kinds', 'chats', 'origins', 'exceptOrigins'] as const;
const keys: readonly string[] = ['direction', ...lists];

/** Filters as a body may hold them: what is null or empty chooses nothing. */
export type GivenFilters = { [Key in keyof Filters]: Filters[Key] | null };

/**
 * Filters as a client gave them, without repeats and with chats in our public form; null when they choose nothing.
 * @throws Failure VALIDATION_ERROR with everything that is wrong; a misspelt filter is, for it would choose everything.
 */
export function readFilters(filters: GivenFilters, defaultCountry: string): Filters | null {
  const problems: Problem[] = Object.keys(filters)
    .filter((key) => !keys.includes(key))
    .map((key) => ({ path: `/filters/${key}`, problem: `is no filter; there are ${keys.join(', ')}` }));
  const chats = filters.chats?.map((text, index) => {
    const chat = tryParseChatId(text, defaultCountry);
    if (!chat)
      problems.push({ path: `/filters/chats/${index}`, problem: 'is no phone number and no chat id' });
    return chat ?? '';
  });
  if (problems.length > 0) {
    throw new Failure('VALIDATION_ERROR', { says: 'The filters are not usable.', details: problems });
  }
  const given = { ...filters, ...(chats && { chats }) };
  const read: Filters = {
    ...(given.direction && { direction: given.direction }),
    ...Object.fromEntries(
      lists.flatMap((key) => (given[key]?.length ? [[key, [...new Set<string>(given[key])]]] : [])),
    ),
  };
  return Object.keys(read).length > 0 ? read : null;
}

/** Answers whether a webhook with these filters hears an event. What an event does not say is not asked of it. */
export function chooser(filters: Filters): (facts: EventFacts) => boolean {
  const { direction, exceptOrigins = [] } = filters;
  const isChatKind = amongst(filters.chatKinds);
  const isKind = amongst(filters.kinds);
  const isChat = amongst(filters.chats?.flatMap(formsOfChat));
  const isOrigin = amongst(filters.origins);
  return (facts) =>
    (!direction || !facts.direction || facts.direction === direction) &&
    isChatKind(facts.chat && chatKind(storedChat(facts.chat))) &&
    isKind(facts.kind) &&
    isChat(facts.chat) &&
    isOrigin(facts.origin) &&
    !(facts.origin && exceptOrigins.includes(facts.origin));
}

function amongst(list: readonly string[] | undefined): (fact: string | undefined) => boolean {
  const words = list && new Set(list);
  return (fact) => !words || !fact || words.has(fact);
}

/** A person's number may be known with a digit more or less. */
function formsOfChat(chat: string): string[] {
  const phone = phoneOf(storedChat(chat));
  return phone === undefined ? [chat] : formsOf(phone).map(phoneChat);
}
