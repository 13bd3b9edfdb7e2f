import { Type } from 'typebox';
import { FAULTS } from '../faults/kinds.ts';
import { LEDGER_KINDS } from '../ledger/ledger.ts';
import { Presence, Typing } from './people-schemas.ts';

const count = Type.Integer({ minimum: 0 });
export const numberText = Type.String({
  description: 'Phone number as digits; `+`, separators and `@c.us` are accepted.',
});

export const Failure = Type.Object({ error: Type.Object({ code: Type.String(), message: Type.String() }) });

/** The answers every route may give when something is wrong with the request. */
export const refusals = { 400: Failure, 403: Failure, 404: Failure, 409: Failure, 501: Failure };

export const NumberParam = Type.Object({ number: numberText });
export const DeviceParam = Type.Object({ number: numberText, device: Type.Integer({ minimum: 1 }) });
export const FaultParam = Type.Object({ id: Type.String() });

export const Device = Type.Object({
  device: count,
  jid: Type.String(),
  lid: Type.String(),
  platform: Type.String(),
  state: Type.Union([Type.Literal('offline'), Type.Literal('connecting'), Type.Literal('active')]),
  pending: Type.Integer({ description: 'Stanzas it has not acknowledged yet.' }),
  preKeys: Type.Integer({ description: 'One-time keys left on the network.' }),
  pairedAt: Type.Integer({ description: 'Unix milliseconds.' }),
});

export const Phone = Type.Object({
  number: Type.String(),
  lid: Type.String(),
  name: Type.String(),
  online: Type.Boolean(),
  devices: Type.Array(Device),
  chats: Type.Array(Type.Object({ chat: Type.String(), messages: count, unread: count })),
  pending: Type.Integer({ description: 'Stanzas the phone itself has not read yet.' }),
  ...Presence.properties,
  typing: Type.Array(Typing, { description: 'Who is typing to this person now.' }),
});

export const PhonesQuery = Type.Object({
  after: Type.Optional(Type.String({ description: 'Only people after the one with this number.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});

/** A client says its own name at every login, and its encoder breaks the frame when a name ends with its only `@`. */
export const PersonName = Type.String({
  minLength: 1,
  maxLength: 10_000,
  pattern: '^(?![^@]*@$)',
  description: 'Must not end with its only `@`: clients can not say such a name.',
});
export const NewPhone = Type.Object(
  { number: numberText, name: Type.Optional(PersonName) },
  { examples: [{ number: '628111000001', name: 'Bakery' }] },
);
export const PhoneChange = Type.Object(
  {
    online: Type.Optional(Type.Boolean()),
    name: Type.Optional(PersonName),
  },
  { examples: [{ online: false }] },
);
export const Scan = Type.Object(
  {
    qr: Type.String({
      minLength: 1,
      description: 'The raw QR text, with or without its web address, or a PNG data URL of the QR.',
    }),
  },
  { examples: [{ qr: 'https://wa.me/settings/linked_devices#2@ref,noise,identity,secret,1' }] },
);
export const Code = Type.Object(
  { code: Type.String({ pattern: '^[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}$' }) },
  { examples: [{ code: 'ABCD-1234' }] },
);
export const Paired = Type.Object({
  number: Type.String(),
  device: count,
  jid: Type.String(),
  lid: Type.String(),
});

export const chatText = Type.String({
  description: 'A phone number, the JID of a group (`…@g.us`), or `status@broadcast`.',
});
export const MessagesQuery = Type.Object({
  chat: Type.Optional(chatText),
  after: Type.Optional(Type.String({ description: 'Only messages after this message id or `seq`.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
});
export const Chat = Type.Object({ chat: chatText }, { examples: [{ chat: '628111000002' }] });
export const ReadAnswer = Type.Object({ read: count });

const faultNames = Object.keys(FAULTS) as (keyof typeof FAULTS)[];
const DAY_MS = 86_400_000;
const faultFields = {
  name: Type.Enum(faultNames, {
    description: faultNames.map((name) => `\`${name}\`: ${FAULTS[name].what}`).join('\n\n'),
  }),
  number: Type.Optional(numberText),
  device: Type.Optional(count),
  stanza: Type.Optional(Type.String({ description: 'Only stanzas with this tag.' })),
  xmlns: Type.Optional(Type.String({ description: 'Only queries of this xmlns.' })),
  child: Type.Optional(Type.String({ description: 'Only stanzas whose first child has this tag.' })),
  probability: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Chance of each strike; a fault that strikes at once draws for each connection.',
    }),
  ),
  seed: Type.Optional(Type.Integer({ description: 'Repeats the same chances of `probability`.' })),
  count: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Strikes so many times; the default depends on the fault.' }),
  ),
  delayMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 600_000,
      description: 'For `slow`, `out-of-order` and `late-receipt`; default 500.',
    }),
  ),
  afterMs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: DAY_MS, description: 'Begins to strike so much later.' }),
  ),
  forMs: Type.Optional(
    Type.Integer({ minimum: 1, maximum: DAY_MS, description: 'Ends by itself so long after it has begun.' }),
  ),
  direction: Type.Optional(
    Type.Enum(['in', 'out'], {
      description: '`half-open` and `bandwidth`: only what the network takes in, or only what it says.',
    }),
  ),
  backoffSeconds: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 86_400,
      description: 'For `rate-limit`: says when to come back, as the attribute `backoff`.',
    }),
  ),
  bytesPerSecond: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'For `bandwidth`.' }),
  ),
  attribute: Type.Optional(
    Type.String({ minLength: 1, description: 'For `strip-attribute`: the attribute to leave out.' }),
  ),
  path: Type.Optional(
    Type.String({
      pattern: '^[^ ]+( [^ ]+)*$',
      maxLength: 200,
      description:
        'For `strip-attribute`: tags that lead to what loses it, such as `group participant`; left out: the stanza itself.',
    }),
  ),
  code: Type.Optional(
    Type.Integer({ minimum: 100, maximum: 999, description: 'For faults that answer with a code.' }),
  ),
};
export const NewFault = Type.Object(faultFields, {
  examples: [{ name: 'refuse-message', number: '628111000001', code: 463 }],
});
export const Fault = Type.Object({
  ...faultFields,
  id: Type.String(),
  hits: count,
  left: Type.Union([Type.Integer(), Type.Null()], { description: 'Strikes left; null: until cleared.' }),
  startsAt: Type.Integer({ description: 'Unix milliseconds.' }),
  endsAt: Type.Optional(Type.Integer({ description: 'Unix milliseconds; left out: not by itself.' })),
});

export const FaultKind = Type.Object({
  name: Type.String(),
  what: Type.String(),
  stage: Type.String({ description: 'When it strikes.' }),
  times: Type.Union([Type.Integer(), Type.Null()], {
    description: 'How often it strikes unless `count` says otherwise; null: until it is cleared.',
  }),
  code: Type.Union([Type.Integer(), Type.Null()], {
    description: 'What it answers with unless `code` says otherwise; null: it answers with none.',
  }),
});

export const LedgerQuery = Type.Object({
  number: Type.Optional(numberText),
  messageId: Type.Optional(Type.String()),
  kind: Type.Optional(Type.Enum([...LEDGER_KINDS])),
  after: Type.Optional(count),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  newest: Type.Optional(
    Type.Boolean({
      description: 'The last of what matches instead of the first; oldest first all the same.',
    }),
  ),
});
export const LedgerLine = Type.Object({
  seq: count,
  time: Type.Integer(),
  kind: Type.String(),
  direction: Type.String(),
  number: Type.String(),
  device: count,
  tag: Type.String(),
  messageId: Type.String(),
  type: Type.String(),
  from: Type.String(),
  to: Type.String(),
  enc: Type.String(),
  flags: Type.String(),
  text: Type.String(),
});
export const LedgerPage = Type.Object({
  entries: Type.Array(LedgerLine),
  cursor: Type.Integer({ description: 'Give it as `after` to read on.' }),
});

export const Health = Type.Object({
  status: Type.Literal('ok'),
  instanceId: Type.String(),
  version: Type.String(),
  port: Type.Integer(),
  phones: count,
  devices: count,
  connections: count,
  rootPublicKey: Type.String({ description: 'Key that signs the Noise certificate chain, hexadecimal.' }),
  tlsCertificate: Type.String({ description: 'PEM; trust it for wss and https.' }),
});
export const Keep = Type.Object(
  { server: Type.String({ minLength: 1, maxLength: 200 }) },
  { examples: [{ server: 'gateway-1' }] },
);
export const Kept = Type.Object({ keepers: count });
export const Empty = Type.Object({});
