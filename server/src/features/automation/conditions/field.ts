import { compare, operators, readOperator } from '../match/compare.ts';
import type { Facts } from '../match/facts.ts';
import { compilePattern } from '../match/pattern.ts';
import type { ConditionKind } from './condition.ts';

const readers: Readonly<Record<string, (facts: Facts) => string | undefined>> = {
  'message.text': ({ arrival }) => arrival.text,
  'message.type': ({ arrival }) => arrival.type,
  'message.hasMedia': ({ arrival }) => String(arrival.hasMedia),
  'sender.name': nameOf,
  'contact.name': nameOf,
  'sender.phone': phoneOf,
  'contact.phone': phoneOf,
  'contact.isNew': ({ isNew }) => String(isNew),
  'conversation.type': ({ arrival }) => (arrival.isGroup ? 'group' : 'private'),
  'conversation.assigned': ({ isAssigned }) => String(isAssigned),
};

function nameOf({ person, arrival }: Facts) {
  return person?.name ?? arrival.senderName ?? undefined;
}
function phoneOf({ person, arrival }: Facts) {
  return person?.phone ?? arrival.senderJid?.split('@')[0] ?? undefined;
}

/** The value of a field; undefined when there is none. */
function readField(field: string, facts: Facts): string | undefined {
  if (Object.hasOwn(readers, field)) return readers[field]?.(facts);
  if (field.startsWith('var.')) return facts.vars.get(field.slice(4));
  const { metadata } = facts.person ?? {};
  const name = field.slice('contact.metadata.'.length);
  if (!metadata || !field.startsWith('contact.metadata.') || !Object.hasOwn(metadata, name)) return undefined;
  const value = metadata[name];
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

const isField = (field: unknown) =>
  typeof field === 'string' &&
  (Object.hasOwn(readers, field) || /^(var|contact\.metadata)\..{1,100}$/.test(field));

/** Compares a field of the message, the contact or the conversation: the condition of flows. */
export const field: ConditionKind = {
  types: ['field'],
  problems({ field, operator = 'contains', value }, path) {
    const known = typeof operator === 'string' ? readOperator(operator) : undefined;
    const made = known?.plain === 'regex' ? compilePattern(value) : undefined;
    return [
      ...(isField(field)
        ? []
        : [
            {
              path: `${path}/field`,
              problem: `must be one of ${Object.keys(readers).join(', ')}, var.… or contact.metadata.…`,
            },
          ]),
      ...(known
        ? []
        : [
            {
              path: `${path}/operator`,
              problem: `must be one of ${operators.join(', ')}, each also with not_ before it`,
            },
          ]),
      ...(typeof value === 'string' ? [] : [{ path: `${path}/value`, problem: 'must be a text' }]),
      ...(typeof made === 'string' ? [{ path: `${path}/value`, problem: made }] : []),
    ];
  },
  decide({ field, operator = 'contains', value }, facts) {
    if (
      !isField(field) ||
      typeof operator !== 'string' ||
      !readOperator(operator) ||
      typeof value !== 'string'
    ) {
      return { held: false, why: 'This comparison is not known.' };
    }
    const found = readField(String(field), facts);
    const { held, as } = compare(found ?? '', operator, value);
    const why = `${field} is ${found === undefined ? 'not known' : `“${found.slice(0, 100)}”`} (${as}).`;
    return { held, why };
  },
};
