import Type, { type Static } from 'typebox';
import { Nullable, Timestamp, Uuid } from '../../../http/schema.ts';

const endpoint = Type.String({
  minLength: 1,
  maxLength: 2_048,
  pattern: '^[!-~]+$',
  examples: ['https://push.example.com/send/c1KrmpTuRm'],
});
const keys = {
  p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
};

export const Subscribe = Type.Object(
  {
    endpoint,
    keys: Type.Object({
      p256dh: Type.String({
        maxLength: 128,
        description: 'The public key of the browser: 65 bytes, base64url.',
      }),
      auth: Type.String({ maxLength: 64, description: 'Its secret: 16 bytes, base64url.' }),
    }),
  },
  {
    title: 'PushSubscribe',
    description: "What the browser's `PushManager.subscribe` answers, as it is.",
    examples: [{ endpoint: 'https://push.example.com/send/c1KrmpTuRm', keys }],
  },
);
export type SubscribeRequest = Static<typeof Subscribe>;

export const Unsubscribe = Type.Object(
  { endpoint },
  { title: 'PushUnsubscribe', examples: [{ endpoint: 'https://push.example.com/send/c1KrmpTuRm' }] },
);

export const Done = Type.Object(
  { success: Type.Boolean(), message: Type.String() },
  { title: 'PushDone', examples: [{ success: true, message: 'This browser gets pushes.' }] },
);

export const VapidKey = Type.Object(
  { publicKey: Type.String({ description: 'For `applicationServerKey`.', examples: [keys.p256dh] }) },
  { title: 'VapidKey' },
);

export const Subscriptions = Type.Object(
  {
    subscriptions: Type.Array(
      Type.Object({
        id: Uuid,
        endpoint: Type.String(),
        userAgent: Nullable(Type.String()),
        lastSuccessAt: Nullable(Timestamp),
        lastError: Nullable(Type.String({ description: 'Null when the last attempt went well.' })),
        createdAt: Timestamp,
      }),
    ),
    hasSubscription: Type.Boolean(),
  },
  { title: 'PushSubscriptions' },
);

const prefix = Type.String({ description: 'The beginning.' });

export const TestResult = Type.Object(
  {
    success: Type.Boolean({ description: 'Every push service has taken it.' }),
    message: Type.String(),
    isConfigured: Type.Boolean(),
    timestamp: Timestamp,
    vapidPublicKey: prefix,
    subscriptionCount: Type.Integer(),
    sent: Type.Integer({ description: 'How many were taken.' }),
    subscriptions: Type.Array(Type.Object({ id: Uuid, endpointPrefix: prefix, createdAt: Timestamp })),
    results: Type.Array(
      Type.Object({
        endpointPrefix: prefix,
        p256dhPrefix: prefix,
        createdAt: Timestamp,
        success: Type.Boolean(),
        status: Nullable(Type.Integer()),
        statusCode: Nullable(Type.Integer()),
        headers: Type.Record(Type.String(), Type.String()),
        body: Type.String(),
        error: Nullable(Type.String()),
        cleaned: Type.Boolean({ description: 'It was gone, and so it was removed here.' }),
      }),
    ),
    error: Nullable(Type.String()),
  },
  { title: 'PushTest' },
);
