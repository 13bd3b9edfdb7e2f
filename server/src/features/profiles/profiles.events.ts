import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';
import { qrPicture } from '../../platform/qr-code.ts';
import { bulkEventFields } from '../bulk-acts/index.ts';
import { bulkAbout } from './bulk/bulk.schema.ts';
import { statusReasonOf } from './status-reasons.ts';

const ProfileId = Type.String({ format: 'uuid' });

const qr = { profileId: ProfileId, text: Type.String(), expiresAt: Type.String() };

export const connectionQr = defineEvent({
  name: 'connection.qr',
  what: 'A QR code is waiting to be scanned with the phone that this profile should use.',
  permission: 'profile:read',
  example: {
    profileId: example.profileId,
    text: '2@abc…,def…,ghi…,jkl…',
    expiresAt: '2026-02-05T10:00:20.000Z',
    qr: 'data:image/png;base64,iVBORw0KGgo=',
  },
  body: Type.Object(qr),
  data: Type.Object({ ...qr, qr: Type.String({ description: 'The picture, as a data URL.' }) }),
  wire: async ({ body }) => ({ ...body, qr: await qrPicture(body.text, { width: 256, margin: 1 }) }),
  socket: async ({ body }) => [
    {
      name: 'qr:update',
      payload: {
        profileId: body.profileId,
        qrCode: await qrPicture(body.text, { width: 256, margin: 1 }),
        text: body.text,
        expiresAt: body.expiresAt,
      },
    },
  ],
});

export const connectionReady = defineEvent({
  name: 'connection.ready',
  what: 'The profile is connected and can send and receive.',
  permission: 'profile:read',
  example: { profileId: example.profileId, phone: '628111000001', pushName: 'Corner bakery' },
  body: Type.Object({
    profileId: ProfileId,
    phone: Nullable(Type.String()),
    pushName: Nullable(Type.String()),
  }),
  socket: ({ body }) => [
    {
      name: 'connection:status',
      payload: { profileId: body.profileId, status: 'connected', phone: body.phone, phoneNumber: body.phone },
    },
  ],
  notice: ({ body }, { profileName }) => ({
    kind: 'connection',
    title: `${profileName} is connected`,
    body: body.phone ? `It sends and receives as ${body.phone}.` : 'It can send and receive.',
    metadata: { profileId: body.profileId },
    topic: `connected ${body.profileId}`,
  }),
});

/** The reason once more, for programs and for people who read another language. */
const eventReasonFields = {
  reasonCode: Nullable(
    Type.String({ examples: ['CONNECTION_LOST'], description: '`OTHER`: there are only words.' }),
  ),
  reasonParams: Type.Record(Type.String(), Type.String(), {
    description: 'What the sentence names, as `until` or `expected` and `paired`.',
  }),
};
const update = {
  profileId: ProfileId,
  status: Type.String(),
  reason: Nullable(Type.String()),
  sendingPausedUntil: Type.Optional(Nullable(Type.String())),
  sendingPaused: Type.Optional(Type.Boolean()),
};

export const connectionUpdate = defineEvent({
  name: 'connection.update',
  what:
    'The status of the profile changed, or WhatsApp asked it to send less (`sendingPausedUntil`), or that is over (null), or somebody ' +
    'paused or resumed sending (`sendingPaused`).',
  permission: 'profile:read',
  example: {
    profileId: example.profileId,
    status: 'reconnecting',
    reason: 'The connection to WhatsApp was lost; connecting again.',
    reasonCode: 'CONNECTION_LOST',
    reasonParams: {},
  },
  body: Type.Object(update),
  data: Type.Object({ ...update, ...eventReasonFields }),
  wire: ({ body }) => {
    const { code = null, params = {} } = statusReasonOf(body.reason) ?? {};
    return { ...body, reasonCode: code, reasonParams: params };
  },
  socket: ({ body }) =>
    body.status === 'connected' && body.sendingPausedUntil === undefined && body.sendingPaused === undefined
      ? []
      : [
          {
            name: 'connection:status',
            payload: {
              profileId: body.profileId,
              status: body.status,
              ...(body.reason && { reason: body.reason }),
              ...(body.sendingPausedUntil !== undefined && { sendingPausedUntil: body.sendingPausedUntil }),
              ...(body.sendingPaused !== undefined && { sendingPaused: body.sendingPaused }),
            },
          },
        ],
});

export const connectionDisconnected = defineEvent({
  name: 'connection.disconnected',
  what: 'The profile is disconnected and will not connect again by itself.',
  permission: 'profile:read',
  example: {
    profileId: example.profileId,
    reason: 'The device was removed on the phone.',
    status: 'logged_out',
  },
  body: Type.Object({ profileId: ProfileId, reason: Type.String(), status: Type.String() }),
  notice: ({ body }, { profileName }) => ({
    kind: 'disconnection',
    title: `${profileName} is disconnected`,
    body: body.reason,
    metadata: { profileId: body.profileId, status: body.status },
    topic: `disconnected ${body.profileId}`,
  }),
});

export const profileRestricted = defineEvent({
  name: 'profile.restricted',
  what:
    'WhatsApp keeps the account from something, or no longer: `newChats` says since when, until when and why it may not ' +
    'write to people it has no chat with, `newChatsCap` how many new chats it may begin. Null: nothing keeps it.',
  permission: 'profile:read',
  example: {
    profileId: example.profileId,
    newChats: { since: example.timestamp, until: '2026-02-06T10:00:00.000Z', reason: 'spam' },
    newChatsCap: null,
  },
  body: Type.Object({
    profileId: ProfileId,
    newChats: Nullable(Type.Record(Type.String(), Type.Unknown())),
    newChatsCap: Nullable(Type.Record(Type.String(), Type.Unknown())),
  }),
});

export const profilePicture = defineEvent({
  name: 'profile.picture',
  what: 'The account of the profile has another picture, or none any more: `GET /profiles/:id` has it as `profilePicUrl`.',
  permission: 'profile:read',
  example: { profileId: example.profileId, isShown: true },
  body: Type.Object({ profileId: ProfileId, isShown: Type.Boolean() }),
});

export const profileHistory = defineEvent({
  name: 'profile.history',
  what: 'The phone began to tell its past (`running`), or all of it is stored (`complete`).',
  permission: 'profile:read',
  example: {
    profileId: example.profileId,
    state: 'complete',
    percent: 100,
    messages: 1204,
    conversations: 38,
  },
  body: Type.Object({
    profileId: ProfileId,
    state: Type.String(),
    percent: Type.Integer(),
    messages: Type.Integer(),
    conversations: Type.Integer(),
  }),
});

export const profilesChanged = defineEvent({
  name: 'profile.bulk',
  what:
    'One act on many profiles goes on (`status` is `running`, every two seconds at most) or has ended. Each that connects, disconnects ' +
    'or pauses is told of by its own event, too.',
  permission: 'profile:read',
  example: {
    ...{ profileId: null, bulkId: '0199d6a2-e5f6-7071-8293-94a5b6c7d8e9', act: 'connect', status: 'done' },
    ...{ total: 40, done: 40, changed: 38, failed: 1 },
  },
  body: Type.Object({ ...bulkEventFields, ...bulkAbout }),
});
