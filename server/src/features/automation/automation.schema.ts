import Type, { type Static } from 'typebox';
import { Absentable, JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

const Name = Type.String({ minLength: 1, maxLength: 200, examples: ['Opening hours'] });
export const ProfileId = Type.String({ minLength: 1, examples: ['0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11'] });
const TriggerType = Type.String({
  minLength: 1,
  maxLength: 100,
  description:
    '`keyword`, `regex`, `new_contact`, `first_message`, `message_type`, `button`, `all` (also `all_messages`, ' +
    '`message.received`), `reaction`, `poll_vote`, `event`, `no_reply`, `schedule` or `webhook` (started by ' +
    '`POST /automation/:id/trigger`).',
  examples: ['keyword'],
});
const triggerExample = { keywords: ['hours', 'open'], matchMode: 'word' };
const actionsExample = [{ type: 'reply', message: 'Hello {{name}}, we are open from 7 to 18.' }];
const List = (what: string, example: unknown) =>
  Type.Array(JsonObject, { maxItems: 200, description: what, examples: [example] });
const Conditions = List('All must hold; each has a `type` and fields of that type.', [{ type: 'not_group' }]);
const Actions = List(
  'Done in order; each has a `type` and fields of that type. The values of `headers` of a `webhook` (names with texts, 20 at most, ' +
    'also in a node of a graph) are secrets: kept encrypted, answered masked, and kept by their mask as long as its `url` is on the ' +
    'same server.',
  actionsExample,
);
const Graph = Type.Object(
  {
    nodes: Type.Array(Type.Unknown(), { maxItems: 200 }),
    edges: Type.Array(Type.Unknown(), { maxItems: 1_000 }),
  },
  {
    description:
      'Nodes and edges of the canvas. With a graph it is a flow: its trigger nodes start it, and `actions` is not looked at.',
    examples: [{ nodes: [], edges: [] }],
  },
);
const Settings = Type.Object(
  {
    pauseOnHumanReply: Type.Optional(Type.Boolean()),
    onDisable: Type.Optional(Type.Enum(['cancel', 'finish'])),
    onBusy: Type.Optional(Type.Enum(['drop', 'replace', 'queue'])),
    debounceSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 60 })),
    groups: Type.Optional(Type.Boolean()),
    onlyMentioned: Type.Optional(Type.Boolean()),
    replyPrivately: Type.Optional(Type.Boolean()),
    allowOwn: Type.Optional(Type.Boolean()),
    expiresAfterDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_650 })),
  },
  {
    description:
      '`pauseOnHumanReply` (true): it keeps quiet where a person has answered. `onDisable`: what becomes of runs under way ' +
      'when it is switched off, `cancel` unless said. Of a flow, `onBusy`: `drop` a start where a flow is under way, or ' +
      '`replace` that one, or `queue` behind it; `debounceSeconds`: what somebody writes within this time of the message before ' +
      'is taken together; `groups`: it starts in groups, too. `onlyMentioned`: in groups only what mentions the profile or everybody starts it. `replyPrivately`: what is asked in a group is answered to the ' +
      'member alone. `allowOwn`: it answers other profiles of this server. `expiresAfterDays`: a run ends so long after its ' +
      'start, wherever it stands; unless said after 30 days and the time that its own waits may take.',
    examples: [{ onDisable: 'finish' }],
  },
);
const Cooldown = Type.Integer({
  minimum: 0,
  maximum: 31_536_000,
  description: 'Seconds in which it answers the same person, or the same member of a group, once.',
  examples: [60],
});
const PerDay = Type.Integer({ minimum: 1, maximum: 1_000_000_000, examples: [100] });

export const Problem = Type.Object({ path: Type.String(), problem: Type.String() });

export const Automation = Type.Object(
  {
    id: Uuid,
    profileId: Uuid,
    name: Name,
    kind: Type.Enum(['rule', 'autoreply', 'flow']),
    isActive: Type.Boolean(),
    priority: Type.Integer({ description: 'The smaller is looked at first.' }),
    triggerType: Type.String({ examples: ['keyword'] }),
    triggerConfig: JsonObject,
    conditions: Type.Array(JsonObject),
    actions: Type.Array(JsonObject),
    graph: Nullable(JsonObject),
    settings: JsonObject,
    cooldownSecs: Type.Integer(),
    maxTriggersPerDay: Nullable(Type.Integer()),
    version: Type.Integer(),
    problems: Type.Array(Problem, { description: 'What keeps it from being switched on.', examples: [[]] }),
    stats: Type.Object({
      triggerCount: Type.Integer(),
      lastTriggered: Nullable(Timestamp),
      todayCount: Type.Integer(),
    }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { title: 'Automation' },
);

const fields = {
  conditions: Absentable(Conditions),
  cooldownSecs: Absentable(Cooldown),
  graph: Type.Optional(Nullable(Graph)),
  priority: Absentable(
    Type.Integer({
      description: 'The smaller is looked at first; a new one comes behind the others unless this is said.',
      minimum: -1_000_000,
      maximum: 1_000_000,
    }),
  ),
  settings: Absentable(Settings),
  maxTriggersPerDay: Type.Optional(Nullable(PerDay)),
};
/** What an automation does, as drafts have it. */
export const definitionFields = {
  triggerType: Absentable(TriggerType),
  triggerConfig: Absentable(JsonObject),
  conditions: Absentable(Conditions),
  actions: Absentable(Actions),
  graph: Type.Optional(Nullable(Graph)),
  settings: Absentable(Settings),
};
export const CreateAutomation = Type.Object(
  {
    profileId: ProfileId,
    name: Name,
    isActive: Absentable(
      Type.Boolean({
        description: 'On unless said; what can’t run yet is stored switched off, and `problems` says why.',
      }),
    ),
    triggerType: TriggerType,
    triggerConfig: JsonObject,
    actions: Actions,
    ...fields,
  },
  {
    title: 'CreateAutomation',
    examples: [
      {
        profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
        name: 'Opening hours',
        triggerType: 'keyword',
        triggerConfig: triggerExample,
        conditions: [{ type: 'not_group' }],
        actions: actionsExample,
        cooldownSecs: 60,
      },
    ],
  },
);
export const UpdateAutomation = Type.Object(
  {
    name: Absentable(Name),
    isActive: Absentable(Type.Boolean()),
    triggerType: Absentable(TriggerType),
    triggerConfig: Absentable(JsonObject),
    actions: Absentable(Actions),
    ...fields,
  },
  { title: 'UpdateAutomation', examples: [{ cooldownSecs: 120 }] },
);
export const ListQuery = Type.Object({
  profileId: Type.String({ minLength: 1 }),
  triggerType: Type.Optional(Type.String({ maxLength: 100 })),
  isActive: Type.Optional(Type.Boolean()),
});
export const TestBody = Type.Object(
  {
    message: Type.String({ minLength: 1, maxLength: 65_536, examples: ['When are you open?'] }),
    messageType: Absentable(Type.String({ maxLength: 100 })),
    isGroup: Absentable(Type.Boolean()),
    isNewContact: Absentable(Type.Boolean()),
    contact: Absentable(
      Type.Object({
        name: Absentable(Type.String({ maxLength: 200 })),
        phone: Absentable(Type.String({ maxLength: 64 })),
        tags: Absentable(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 })),
        metadata: Absentable(JsonObject),
      }),
    ),
    at: Absentable(
      Type.String({ format: 'date-time', description: 'The moment it is tried at; now unless said.' }),
    ),
    answers: Absentable(
      Type.Array(Type.String({ maxLength: 65_536 }), {
        maxItems: 50,
        description: 'What the person says when a flow waits for it, one after the other; then it times out.',
      }),
    ),
    happened: Absentable(
      Type.Object(
        { event: Type.String({ maxLength: 100 }) },
        {
          additionalProperties: true,
          description: 'What happens instead of a message, with what triggers may name of it.',
          examples: [{ event: 'tag.added', tags: ['vip'] }],
        },
      ),
    ),
    variables: Absentable(
      Type.Record(Type.String(), Type.String({ maxLength: 4_096 }), {
        maxProperties: 100,
        description: 'What it knows before its first step, as a trigger by request gives it.',
        examples: [{ order: '1042' }],
      }),
    ),
    draft: Absentable(
      Type.Boolean({
        description: 'Whether its draft is tried, where it has one, instead of what is published.',
      }),
    ),
    live: Absentable(
      Type.Boolean({
        description:
          'Whether other programs and the language model are really asked; then you must be allowed to do what it does. ' +
          'Otherwise they are taken to answer.',
      }),
    ),
  },
  {
    title: 'TestAutomation',
    examples: [{ message: 'When are you open?', contact: { name: 'Sari' }, at: '2026-02-05T10:00:00.000Z' }],
  },
);
export const TestResult = Type.Object(
  {
    automation: Type.Object({ id: Uuid, name: Type.String(), triggerType: Type.String() }),
    testMessage: Type.String(),
    matches: Type.Boolean({ description: 'Whether the trigger fires and every condition holds.' }),
    matchDetails: JsonObject,
    actions: Nullable(Type.Array(JsonObject)),
    triggers: Type.Array(Type.Object({ type: Type.String(), fired: Type.Boolean(), details: JsonObject }), {
      description: 'Each trigger, whether it fires, and by what.',
    }),
    conditions: Type.Array(
      Type.Object({
        ...{ type: Nullable(Type.String()), held: Type.Boolean(), why: Type.String() },
        inside: Type.Optional(
          Type.Array(JsonObject, { description: 'The same of each condition inside of it, at any depth.' }),
        ),
      }),
    ),
    limits: Type.Object({
      cooldownSecs: Type.Integer(),
      maxTriggersPerDay: Nullable(Type.Integer()),
      todayCount: Type.Integer(),
      reached: Type.Boolean({ description: 'Whether the limit of the day is reached.' }),
    }),
    trace: Type.Array(
      Type.Object({
        node: Type.String(),
        kind: Type.String(),
        exit: Nullable(Type.String()),
        effects: Type.Array(JsonObject),
        data: Type.Unknown(),
        at: Timestamp,
      }),
      { description: 'Each step that would be done, and what it would come to.' },
    ),
    outcome: Nullable(
      Type.String({ description: '`completed`, `failed`, `stopped`; null: it does not start.' }),
    ),
    problems: Type.Array(Problem),
  },
  { title: 'AutomationTest' },
);
export const Stats = Type.Object(
  {
    id: Uuid,
    name: Type.String(),
    isActive: Type.Boolean(),
    triggerCount: Type.Integer(),
    lastTriggered: Nullable(Timestamp),
    todayCount: Type.Integer(),
    maxTriggersPerDay: Nullable(Type.Integer()),
    cooldownSecs: Type.Integer(),
    runs: Type.Object(
      {
        live: Type.Integer(),
        completed: Type.Integer(),
        failed: Type.Integer(),
        cancelled: Type.Integer(),
        stopped: Type.Integer(),
        expired: Type.Integer(),
      },
      { description: 'Of the last 30 days, by how they went.' },
    ),
    leftOut: Type.Integer({
      description:
        'Starts that were left out, as the profile started more than 1,000 automations in a minute.',
    }),
    medianSeconds: Nullable(
      Type.Number({
        description: 'Of the latest runs of these days that were completed: how long they took.',
      }),
    ),
    nodes: Type.Array(
      Type.Object({
        node: Type.String(),
        kind: Type.String(),
        reached: Type.Integer(),
        ended: Type.Integer(),
      }),
      { description: 'How many of the latest runs came to each step, and how many ended there.' },
    ),
  },
  { title: 'AutomationStats' },
);
export const Reorder = Type.Object(
  {
    profileId: ProfileId,
    order: Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 1_000,
      description: 'Ids of automations of the profile, each once; the first is looked at first.',
    }),
  },
  {
    title: 'ReorderAutomations',
    examples: [
      {
        profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
        order: ['0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c12'],
      },
    ],
  },
);
export type CreateAutomationBody = Static<typeof CreateAutomation>;
export type UpdateAutomationBody = Static<typeof UpdateAutomation>;
export type TestAutomationBody = Static<typeof TestBody>;
