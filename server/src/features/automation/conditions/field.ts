import { shownIn } from '../../../platform/time-zone.ts';
import { compare, operators, readOperator } from '../match/compare.ts';
import type { Facts } from '../match/facts.ts';
import { orderOperators, readOrder } from '../match/order.ts';
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
  'conversation.handling': ({ isWithPerson }) => (isWithPerson ? 'person' : 'bot'),
  // In seconds, since we last said something.
  'conversation.lastReplyAgo': ({ past, now }) =>
    past.outAt === null ? undefined : String(Math.round((now.getTime() - past.outAt.getTime()) / 1_000)),
  'contact.tags': ({ person }) => person?.tags.join(', '),
  time: ({ now, timeZone }) => shownIn(now, timeZone).slice(11, 16),
  date: ({ now, timeZone }) => shownIn(now, timeZone).slice(0, 10),
  'ai.action': ({ vars }) => vars.get('ai.action'),
  'ai.label': ({ vars }) => vars.get('ai.label'),
  'ai.intent': ({ vars }) => vars.get('ai.label'),
  'ai.sentiment': ({ vars }) => vars.get('ai.sentiment'),
  'ai.score': ({ vars }) => vars.get('ai.score'),
  'webhook.status': ({ vars }) => vars.get('webhook.status'),
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
  // By a pointer into the answer of the last call.
  if (field.startsWith('webhook.body.')) return facts.vars.get(field);
  const { metadata } = facts.person ?? {};
  const name = field.slice('contact.metadata.'.length);
  if (!metadata || !field.startsWith('contact.metadata.') || !Object.hasOwn(metadata, name)) return undefined;
  const value = metadata[name];
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

const isField = (field: unknown) =>
  typeof field === 'string' &&
  (Object.hasOwn(readers, field) ||
    /^((var|contact\.metadata)\..{1,100}|webhook\.body\.\/.{0,200})$/.test(field));

/** Compares a field of the message, the contact or the conversation: the condition of flows. */
export const field: ConditionKind = {
  types: ['field'],
  problems({ field, operator = 'contains', value }, path) {
    const order = readOrder(operator);
    const known = typeof operator === 'string' ? readOperator(operator) : undefined;
    const made = known?.plain === 'regex' ? compilePattern(value) : undefined;
    const ofValue = typeof value === 'string' ? [] : [{ path: `${path}/value`, problem: 'must be a text' }];
    return [
      ...(isField(field)
        ? []
        : [
            {
              path: `${path}/field`,
              problem: `must be one of ${Object.keys(readers).join(', ')}, var.…, contact.metadata.… or webhook.body./…`,
            },
          ]),
      ...(known || order
        ? []
        : [
            {
              path: `${path}/operator`,
              problem: `must be one of ${[...operators, ...orderOperators].join(', ')}, each also with not_ before it`,
            },
          ]),
      ...(order ? order.by.problems(value, `${path}/value`) : ofValue),
      ...(typeof made === 'string' ? [{ path: `${path}/value`, problem: made }] : []),
    ];
  },
  decide({ field, operator = 'contains', value }, facts) {
    const order = readOrder(operator);
    const isKnown =
      order !== undefined ||
      (typeof operator === 'string' && readOperator(operator) !== undefined && typeof value === 'string');
    if (!isField(field) || !isKnown) return { held: false, why: 'This comparison is not known.' };
    const found = readField(String(field), facts);
    const { held, as } = order
      ? { held: order.by.holds(found, value) !== order.isNot, as: order.as }
      : compare(found ?? '', String(operator), String(value));
    const why = `${field} is ${found === undefined ? 'not known' : `“${found.slice(0, 100)}”`} (${as}).`;
    return { held, why };
  },
};
