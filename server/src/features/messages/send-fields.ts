import { type ChatId, chatKind, tryParseChatId } from '../../platform/chat-id.ts';
import { Failure } from '../../platform/failures.ts';

/**
 * Fields of other kinds of messages. Unknown fields are forgiven; one of these says what its sender wants, and a
 * text without it would be another message than was asked for.
 */
const ofOtherKinds: Record<string, string> = {
  ...ofKind('a file', ['url', 'base64', 'caption', 'mimetype', 'filename', 'ptt']),
  ...ofKind('a location', ['latitude', 'longitude']),
  ...ofKind('a contact card', ['contacts']),
  ...ofKind('a reaction', ['emoji']),
  ...ofKind('a poll', ['question', 'options', 'allowMultipleAnswers']),
  ...ofKind('a scheduled message', ['scheduledAt']),
};

function ofKind(kind: string, names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, kind]));
}

/** @throws Failure VALIDATION_ERROR naming each field that a text can't carry. */
export function refuseOtherKinds(body: object): void {
  const details = Object.entries(body)
    .filter(([name, value]) => Object.hasOwn(ofOtherKinds, name) && value !== null && value !== '')
    .map(([name]) => ({
      path: `/${name}`,
      problem: `belongs to ${ofOtherKinds[name]}; a text can't carry it`,
    }));
  if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
}

/** The people a text mentions, each once. @throws Failure VALIDATION_ERROR naming each that is no person. */
export function mentionsOf(written: readonly string[], defaultCountry: string): ChatId[] {
  const people = written.map((one) => tryParseChatId(one, defaultCountry));
  const details = people.flatMap((person, index) => {
    if (person && chatKind(person) === 'user') return [];
    return [
      {
        path: `/mentions/${index}`,
        problem: 'must be a phone number with country code or the id of a person',
      },
    ];
  });
  if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
  return [...new Set(people.filter((person) => person !== undefined))];
}
