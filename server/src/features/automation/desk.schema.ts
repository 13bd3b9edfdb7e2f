import Type from 'typebox';
import { Absentable, JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

export const Run = Type.Object(
  {
    id: Uuid,
    automationId: Uuid,
    chatId: Type.String({ examples: ['628123456789@c.us'] }),
    status: Type.Enum(['running', 'waiting', 'completed', 'failed', 'cancelled', 'stopped', 'expired']),
    node: Nullable(Type.String()),
    waitingFor: Nullable(Type.String()),
    wakeAt: Nullable(Timestamp),
    steps: Type.Integer(),
    error: Nullable(Type.String()),
    startedAt: Timestamp,
    endedAt: Nullable(Timestamp),
    expiresAt: Nullable(
      Type.String({ format: 'date-time', description: 'It is over then, wherever it stands.' }),
    ),
  },
  { title: 'AutomationRun' },
);
export const RunWithSteps = Type.Object(
  {
    ...Run.properties,
    trace: Type.Array(
      Type.Object({
        n: Type.Integer(),
        node: Type.String(),
        kind: Type.String(),
        exit: Nullable(Type.String()),
        result: JsonObject,
        at: Timestamp,
      }),
    ),
  },
  { title: 'AutomationRunWithSteps' },
);
export const TriggerBody = Type.Object(
  {
    to: Type.String({ minLength: 1, maxLength: 64, description: 'A phone number or a chat id.' }),
    variables: Absentable(
      Type.Record(
        Type.String(),
        Type.Union([Type.String({ maxLength: 4_096 }), Type.Number(), Type.Boolean()]),
        {
          maxProperties: 100,
          examples: [{}],
        },
      ),
    ),
  },
  { title: 'TriggerAutomation', examples: [{ to: '628123456789', variables: { order: '1042' } }] },
);
export const Triggered = Type.Object(
  {
    started: Type.Boolean({ description: 'False: a limit is reached, or a person answers in that chat.' }),
    runId: Nullable(Uuid),
  },
  { title: 'AutomationTriggered' },
);
export const Handling = Type.Object(
  {
    conversationId: Uuid,
    handling: Type.Enum(['bot', 'person']),
    handledBy: Nullable(Uuid),
    until: Nullable(Timestamp),
    silentUntil: Nullable(Timestamp),
  },
  { title: 'ConversationHandling' },
);
export const SetHandling = Type.Object(
  {
    handling: Type.Enum(['bot', 'person']),
    hours: Absentable(Type.Integer({ minimum: 1, maximum: 720, description: '12 unless said.' })),
  },
  { title: 'SetConversationHandling', examples: [{ handling: 'bot' }] },
);
