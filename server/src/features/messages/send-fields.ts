import { type ChatId, chatKind, tryParseChatId } from '../../platform/chat-id.ts';
import { Failure } from '../../platform/failures.ts';
import { kinds, type SendableKind } from './kinds/kinds.ts';

/** Fields that belong to no kind of message: something else was wanted. */
const ofNoKind: [name: string, of: string][] = [
  ['emoji', 'a reaction'],
  ['scheduledAt', 'a scheduled message'],
];

const owners = new Map([
  ...kinds.flatMap(({ ownFields }) => (ownFields?.names ?? []).map((name) => [name, ownFields?.of] as const)),
  ...ofNoKind,
]);

/**
 * Unknown fields are forgiven; one that belongs to another kind says what its sender wants, and without it this would
 * be another message than was asked for.
 * @throws Failure VALIDATION_ERROR naming each field that this kind can't carry.
 */
export function refuseOtherKinds({ called, sending }: SendableKind, body: object): void {
  const details = Object.entries(body)
    .filter(([name, value]) => owners.has(name) && !(name in sending.body.properties) && isGiven(value))
    .map(([name]) => ({
      path: `/${name}`,
      problem: `belongs to ${owners.get(name)}; ${called} can't carry it`,
    }));
  if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
}

const isGiven = (value: unknown) => value !== null && value !== '';

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
