import Type, { type Static } from 'typebox';
import { Absentable, JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import { sendableTypes } from '../messages/index.ts';
import { algorithms, encodings, signatureForms } from './signature.ts';

export const targets = ['message', 'template', 'automation'] as const;
export const receiptStatuses = ['sent', 'duplicate', 'skipped', 'caught', 'failed', 'refused'] as const;

const Pointer = Type.String({ minLength: 1, maxLength: 300, examples: ['/order/number'] });
const placesMax = 50;
const mappingExample = {
  to: '/customer/phone',
  text: 'Hello {name}, your order {/order/number} is {/order/status}.',
  variables: { name: '/customer/first_name' },
};
const Mapping = Type.Object(
  {
    to: Type.String({
      minLength: 1,
      maxLength: 300,
      description: 'Who gets the message: a JSON pointer, or a number or chat id.',
      examples: ['/customer/phone'],
    }),
    type: Type.Optional(
      Type.Enum([...sendableTypes], { description: 'The kind of the message; `text` unless said.' }),
    ),
    text: Type.Optional(
      Type.String({
        maxLength: 4_096,
        description:
          'What a text says: a JSON pointer, or words with `{/json/pointer}`, `{header:x-name}` and `{name}`, where a name is ' +
          'one of `variables`, else a field of the payload. One literal pass; what is not there is left as typed and listed.',
      }),
    ),
    content: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'The fields of `POST /messages/<type>`; every text in it is read like `text`.',
        examples: [{}],
      }),
    ),
    variables: Type.Optional(
      Type.Record(Type.String(), Pointer, {
        maxProperties: placesMax,
        description: 'Names for JSON pointers into the payload, or for `header:x-name`.',
      }),
    ),
    when: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        maxProperties: placesMax,
        description:
          'JSON pointers (or `header:x-name`) and the values they must have; else nothing is sent.',
        examples: [{ '/action': 'opened' }],
      }),
    ),
  },
  { description: 'How a payload becomes a message.', examples: [mappingExample] },
);
const SignatureForm = Type.Object(
  {
    form: Type.Enum([...signatureForms], {
      description:
        '`none`; `hmac`, as the other fields say; or the form of `github`, `stripe`, `shopify`, `woocommerce` or the ' +
        '`standard` of Standard Webhooks.',
      examples: ['github'],
    }),
    header: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9-]{1,100}$', examples: ['x-signature'] })),
    algorithm: Type.Optional(Type.Enum([...algorithms])),
    encoding: Type.Optional(Type.Enum([...encodings])),
    prefix: Type.Optional(Type.String({ maxLength: 50, examples: ['sha256='] })),
    toleranceSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 3_600,
        description: 'How far a signed time may be from ours; 300 unless said.',
      }),
    ),
  },
  { description: 'How the sender proves that a request is its own.', examples: [{ form: 'github' }] },
);
const Name = Type.String({ minLength: 1, maxLength: 100, examples: ['Orders of the shop'] });
const Secret = Type.String({
  maxLength: 256,
  description: '8 characters at least, what the sender signs with; made by the server when absent.',
  examples: ['3f8a1c0e5b7d9f2a4c6e8b0d1f3a5c7e'],
});
const Target = Type.Enum([...targets], {
  description:
    'What a payload becomes: a `message`, or with `automation` it starts one, and `content` of the mapping are its variables.',
  examples: ['message'],
});

const row = {
  id: Uuid,
  profileId: Uuid,
  name: Name,
  target: Type.String({ examples: ['message'] }),
  automationId: Nullable(Uuid),
  mapping: Nullable(JsonObject),
  signature: SignatureForm,
  enabled: Type.Boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};
export const Hook = Type.Object(
  { ...row, secret: Nullable(Type.String({ description: 'Masked.', examples: ['********5c7e'] })) },
  { title: 'Hook' },
);
export const HookWithUrl = Type.Object(
  {
    ...row,
    secret: Nullable(Type.String({ description: 'In clear, this once.' })),
    url: Type.String({
      description: 'The secret address to post to, shown this once: keep it, or have another one made.',
      examples: ['https://gateway.example.com/api/v1/in/kT1…'],
    }),
  },
  { title: 'HookWithUrl' },
);
export const HookRotated = Type.Object(
  { ...Hook.properties, url: HookWithUrl.properties.url },
  { title: 'HookRotated' },
);
export const CreateHook = Type.Object(
  {
    name: Name,
    profileId: Type.String({ description: 'The profile that sends.' }),
    target: Absentable(Target),
    automationId: Absentable(Type.String({ description: 'Of the same profile: what is started.' })),
    mapping: Type.Optional(Nullable(Mapping)),
    signature: Type.Optional(Nullable(SignatureForm)),
    secret: Absentable(Secret),
    enabled: Absentable(Type.Boolean()),
  },
  {
    title: 'CreateHook',
    examples: [
      {
        name: 'Orders of the shop',
        profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
        mapping: mappingExample,
      },
    ],
  },
);
export const UpdateHook = Type.Object(
  {
    name: Absentable(Name),
    target: Absentable(Target),
    automationId: Absentable(Type.String({ description: 'Of the same profile: what is started.' })),
    mapping: Type.Optional(Nullable(Mapping)),
    signature: Type.Optional(Nullable(SignatureForm)),
    secret: Absentable(Secret),
    enabled: Absentable(Type.Boolean()),
  },
  { title: 'UpdateHook', examples: [{ enabled: false }] },
);

const outcome = {
  status: Type.Enum([...receiptStatuses], {
    description:
      '`sent`: a message was made, or an automation started. `duplicate`: it was made before. `skipped`: it is not wanted (`when`). `caught`: the hook ' +
      'has no mapping yet. `failed`: no message can be made of it. `refused`: it was not believed or not understood.',
    examples: ['sent'],
  }),
  messageId: Nullable(Type.String()),
  waMessageId: Nullable(Type.String()),
  runId: Nullable(Type.String()),
  missing: Type.Array(Type.String(), { description: 'What the payload did not have.', examples: [[]] }),
  code: Nullable(Type.String()),
  error: Nullable(Type.String()),
};
export const Received = Type.Object({ receiptId: Uuid, ...outcome }, { title: 'HookReceived' });
export const Receipt = Type.Object(
  {
    id: Uuid,
    hookId: Uuid,
    ...outcome,
    headers: JsonObject,
    payload: Type.Unknown({
      description: 'Null when it is large, was refused or is older than the last 100.',
    }),
    bytes: Type.Integer(),
    receivedAt: Timestamp,
  },
  { title: 'HookReceipt' },
);
export const TryHook = Type.Object(
  {
    payload: Type.Optional(
      Type.Unknown({ description: 'Any JSON; absent: the last one received that is kept.' }),
    ),
    headers: Type.Optional(Type.Record(Type.String(), Type.String(), { examples: [{}] })),
    mapping: Type.Optional(Nullable(Mapping)),
  },
  {
    title: 'TryHook',
    examples: [
      {
        payload: {
          customer: { phone: '628123456789', first_name: 'Sari' },
          order: { number: 1042, status: 'on its way' },
        },
      },
    ],
  },
);
export const Tried = Type.Object(
  {
    success: Type.Boolean({ description: 'Whether a message would be made.' }),
    status: Type.Enum(['ready', 'skipped', 'caught', 'failed']),
    message: Nullable(
      Type.Object({ to: Type.String(), chatId: Type.String(), type: Type.String(), content: JsonObject }),
    ),
    missing: Type.Array(Type.String()),
    problems: Type.Array(Type.Object({ path: Type.String(), problem: Type.String() })),
  },
  { title: 'HookTried' },
);

export type CreateHookBody = Static<typeof CreateHook>;
export type UpdateHookBody = Static<typeof UpdateHook>;
export type TryHookBody = Static<typeof TryHook>;
