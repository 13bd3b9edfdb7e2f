import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { qrPicture } from '../../platform/qr-code.ts';

const ProfileId = Type.String({ format: 'uuid' });

export const connectionQr = defineEvent({
  name: 'connection.qr',
  what: 'A QR code is waiting to be scanned with the phone that this profile should use.',
  permission: 'profile:read',
  body: Type.Object({ profileId: ProfileId, text: Type.String(), expiresAt: Type.String() }),
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

export const connectionUpdate = defineEvent({
  name: 'connection.update',
  what: 'The status of the profile changed, or WhatsApp asked it to send less (`sendingPausedUntil`), or that is over (null).',
  permission: 'profile:read',
  body: Type.Object({
    profileId: ProfileId,
    status: Type.String(),
    reason: Nullable(Type.String()),
    sendingPausedUntil: Type.Optional(Nullable(Type.String())),
  }),
  socket: ({ body }) =>
    body.status === 'connected' && body.sendingPausedUntil === undefined
      ? []
      : [
          {
            name: 'connection:status',
            payload: {
              profileId: body.profileId,
              status: body.status,
              ...(body.reason && { reason: body.reason }),
              ...(body.sendingPausedUntil !== undefined && { sendingPausedUntil: body.sendingPausedUntil }),
            },
          },
        ],
});

export const connectionDisconnected = defineEvent({
  name: 'connection.disconnected',
  what: 'The profile is disconnected and will not connect again by itself.',
  permission: 'profile:read',
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
  body: Type.Object({
    profileId: ProfileId,
    newChats: Nullable(Type.Record(Type.String(), Type.Unknown())),
    newChatsCap: Nullable(Type.Record(Type.String(), Type.Unknown())),
  }),
});

export const profileHistory = defineEvent({
  name: 'profile.history',
  what: 'The phone began to tell its past (`running`), or all of it is stored (`complete`).',
  permission: 'profile:read',
  body: Type.Object({
    profileId: ProfileId,
    state: Type.String(),
    percent: Type.Integer(),
    messages: Type.Integer(),
    conversations: Type.Integer(),
  }),
});
