import Type, { type Static } from 'typebox';
import { engineRows } from '../../engines/port.ts';
import { Absentable, Nullable, Timestamp } from '../../http/schema.ts';
import { hourMs } from '../../platform/clock.ts';
import { profileStatuses } from './connection-table.ts';

const SendingPausedUntil = Nullable({
  ...Timestamp,
  description:
    'WhatsApp asked the account to send less: messages stay queued until then. Null: nothing holds them.',
});
const engines = Object.entries(engineRows);
const former = engines.flatMap(([name, { formerly }]) => (formerly ? [{ name, formerly }] : []));
const stored = former.map(
  ({ name, formerly }, n) => `\`${formerly}\`${n ? '' : ' is stored'} as \`${name}\``,
);
/** Names of engines as clients write them; the former ones are mapped to ours. */
const EngineNames = Type.Enum(
  [...engines.map(([name]) => name), ...former.map(({ formerly }) => formerly), ''],
  { description: `${stored.join(', ')}. An empty text is as if it were left out.` },
);

const Restrictions = Type.Object(
  {
    newChats: Nullable(
      Type.Object({
        since: Timestamp,
        until: Nullable(Type.String({ format: 'date-time', description: 'Null: WhatsApp does not say.' })),
        why: Nullable(Type.String({ description: 'In WhatsApp’s own words.', examples: ['BIZ_QUALITY'] })),
        refused: Type.Optional(
          Type.Object(
            { code: Type.Integer({ examples: [463] }), reason: Type.String(), messageId: Type.String() },
            { description: 'The message whose refusal showed it.' },
          ),
        ),
      }),
    ),
    newChatsCap: Nullable(
      Type.Object(
        { total: Type.Integer(), used: Type.Integer(), at: Timestamp },
        {
          description: 'How many new chats it may begin, and has begun, as WhatsApp said then.',
        },
      ),
    ),
  },
  {
    title: 'Restrictions',
    description:
      'What WhatsApp keeps the account from: writing to people it has no chat with (`newChats`). `sendingPausedUntil` is apart.',
  },
);

/** The reason in words that programs understand. */
export const reasonFields = {
  statusReasonCode: Nullable(
    Type.String({ examples: ['CONNECTION_LOST'], description: '`OTHER`: there are only words.' }),
  ),
  statusReasonParams: Type.Record(Type.String(), Type.String(), {
    description: 'What the sentence names, as `until` or `expected` and `paired`.',
    examples: [{}],
  }),
};

export const labelsMax = 20;
export const Labels = Type.Array(Type.String({ minLength: 1, maxLength: 50, pattern: '\\S' }), {
  maxItems: labelsMax,
  description: 'Words to find it by; all of them are replaced.',
  examples: [['bakery']],
});

export const Profile = Type.Object(
  {
    id: Type.String({ format: 'uuid', examples: ['0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11'] }),
    organizationId: Type.String(),
    workspaceId: Type.String(),
    accountId: Nullable(Type.String()),
    name: Type.String({ examples: ['Front desk'] }),
    displayName: Type.String({ examples: ['Front desk'] }),
    phone: Nullable(Type.String({ examples: ['628123456789'] })),
    phoneNumber: Nullable(Type.String({ examples: ['628123456789'] })),
    pushName: Nullable(Type.String()),
    profilePicUrl: Nullable(
      Type.String({
        description:
          'The picture of the account, kept and served here: another picture has another path. Needs no login, and expires. It ' +
          'follows what is set on the phone; null where there is none, or it was not seen yet.',
      }),
    ),
    engine: Type.String({ examples: ['sandbox'] }),
    status: Type.Enum([...profileStatuses]),
    statusReason: Nullable(Type.String()),
    sendingPaused: Type.Boolean({
      description: 'Somebody paused it: messages are accepted and stay queued until it is resumed.',
    }),
    ...reasonFields,
    statusSince: Timestamp,
    retryAt: Nullable(
      Type.String({ format: 'date-time', description: 'When it is tried again; null: not by itself.' }),
    ),
    labels: Type.Array(Type.String({ examples: ['bakery'] }), { description: 'Words to find it by.' }),
    sendingPausedUntil: SendingPausedUntil,
    restrictions: Restrictions,
    settings: Type.Record(Type.String(), Type.Unknown()),
    defaultCountry: Nullable(Type.String()),
    dropStatuses: Nullable(Type.Boolean()),
    messageDelayMs: Type.Integer(),
    messageDelayJitterMs: Type.Integer(),
    dailyMessageLimit: Nullable(Type.Integer()),
    dailyMessageCount: Type.Integer(),
    dailyResetAt: Nullable(Timestamp),
    lastConnectedAt: Nullable(Timestamp),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    workspace: Type.Optional(Nullable(Type.Record(Type.String(), Type.Unknown()))),
    messageCount: Type.Optional(Type.Integer({ description: 'Counted up to 1000.' })),
    nodeId: Type.Optional(Nullable(Type.String({ description: 'The server that holds its connection.' }))),
    queued: Type.Optional(Type.Integer({ description: 'Messages that wait to go out. Counted up to 1000.' })),
    today: Type.Optional(
      Type.Object(
        { sent: Type.Integer(), failed: Type.Integer(), received: Type.Integer() },
        { description: 'By the clocks of the organisation; some seconds behind.' },
      ),
    ),
    history: Type.Optional(
      Type.Object(
        {
          state: Type.String({ description: '`none`, `running` or `complete`.', examples: ['complete'] }),
          percent: Type.Integer(),
          messages: Type.Integer(),
          conversations: Type.Integer(),
        },
        { description: 'How much of its past the phone has told.' },
      ),
    ),
    warning: Type.Optional(Type.String()),
  },
  { title: 'Profile' },
);

const shared = {
  labels: Type.Optional(Labels),
  engine: Absentable(EngineNames),
  settings: Type.Optional(Nullable(Type.Record(Type.String(), Type.Unknown()))),
  defaultCountry: Type.Optional(Nullable(Type.String({ maxLength: 2, examples: ['ID'] }))),
  sendingPaused: Type.Optional(
    Nullable(
      Type.Boolean({
        description:
          'True: nothing leaves before it is false again, reactions, edits and status updates neither. What is accepted meanwhile waits, ' +
          'for as long as its validity lasts.',
      }),
    ),
  ),
  dropStatuses: Type.Optional(
    Nullable(
      Type.Boolean({
        description:
          'Whether status updates (stories) are ignored: neither kept nor told. Null: as the server does by itself.',
      }),
    ),
  ),
};

/** How fast messages go out, and how many a day. */
export const pace = {
  messageDelayMs: Type.Integer({ minimum: 0, maximum: hourMs }),
  messageDelayJitterMs: Type.Integer({ minimum: 0, maximum: hourMs }),
  dailyMessageLimit: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
};

export const CreateProfileInAccount = Type.Object(
  {
    name: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
    displayName: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
    phone: Type.Optional(
      Nullable(Type.String({ maxLength: 40, description: 'Only this phone may pair with the profile.' })),
    ),
    phoneNumber: Type.Optional(Nullable(Type.String({ maxLength: 40 }))),
    ...shared,
    messageDelayMs: Absentable(pace.messageDelayMs),
    messageDelayJitterMs: Absentable(pace.messageDelayJitterMs),
    dailyMessageLimit: Absentable(pace.dailyMessageLimit),
  },
  { title: 'CreateProfileInAccount', examples: [{ name: 'Front desk', engine: 'sandbox' }] },
);

export const CreateProfile = Type.Object(
  {
    workspaceId: Type.Optional(Nullable(Type.String({ description: 'Absent: the first workspace.' }))),
    ...CreateProfileInAccount.properties,
  },
  { title: 'CreateProfile', examples: [{ name: 'Front desk', engine: 'sandbox' }] },
);
export type CreateProfileBody = Static<typeof CreateProfile>;

export const UpdateProfile = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200 })),
    displayName: Type.Optional(Type.String({ maxLength: 200 })),
    ...shared,
    messageDelayMs: Type.Optional(pace.messageDelayMs),
    messageDelayJitterMs: Type.Optional(pace.messageDelayJitterMs),
    dailyMessageLimit: Type.Optional(Nullable(pace.dailyMessageLimit)),
  },
  {
    title: 'UpdateProfile',
    examples: [{ name: 'Front desk', messageDelayMs: 1500, dailyMessageLimit: 2000 }],
  },
);
export type UpdateProfileBody = Static<typeof UpdateProfile>;

export const ProfileStatusAnswer = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    status: Type.Enum([...profileStatuses]),
    statusReason: Nullable(Type.String()),
    sendingPaused: Type.Boolean({
      description: 'Somebody paused it: messages are accepted and stay queued until it is resumed.',
    }),
    ...reasonFields,
    statusSince: Timestamp,
    retryAt: Nullable(Timestamp),
    sendingPausedUntil: SendingPausedUntil,
    restrictions: Restrictions,
    phone: Nullable(Type.String()),
    lastConnectedAt: Nullable(Timestamp),
    engineConnected: Type.Boolean(),
  },
  { title: 'ProfileStatus' },
);

export const ConnectAnswer = Type.Object(
  {
    success: Type.Boolean(),
    status: Type.String({ examples: ['connecting'] }),
    message: Type.String({ examples: ['Scan the QR code to connect.'] }),
    phone: Type.Optional(Nullable(Type.String())),
  },
  { title: 'ConnectAnswer' },
);

export const DisconnectBody = Type.Object(
  {
    logout: Type.Optional(
      Type.Boolean({
        description: 'Also unlink this device from the phone, so that connecting needs a new scan.',
      }),
    ),
  },
  { title: 'DisconnectProfile', examples: [{ logout: false }] },
);

export const QrAnswer = Type.Object(
  {
    qr: Nullable(Type.String({ description: 'The QR code as a PNG data URL.' })),
    text: Nullable(Type.String({ description: 'The raw text inside the QR code.' })),
    status: Type.Enum([...profileStatuses]),
    expiresAt: Nullable(Timestamp),
  },
  { title: 'QrCode' },
);

export const QrQuery = Type.Object({
  format: Type.Optional(Type.Enum(['json', 'png', 'terminal'] as const)),
});

export const PairingCodeBody = Type.Object(
  {
    phoneNumber: Type.String({
      minLength: 6,
      maxLength: 40,
      description: 'The number of the phone that will pair.',
    }),
  },
  { title: 'RequestPairingCode', examples: [{ phoneNumber: '628123456789' }] },
);

export const PairingCodeAnswer = Type.Object(
  {
    code: Type.String({ examples: ['K2J4-9XQT'] }),
    status: Type.Enum([...profileStatuses]),
    expiresAt: Nullable(Timestamp),
    message: Type.String(),
  },
  { title: 'PairingCode' },
);
