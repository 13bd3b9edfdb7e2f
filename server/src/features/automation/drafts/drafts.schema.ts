import Type from 'typebox';
import { Absentable, JsonObject, Nullable, Timestamp, Uuid } from '../../../http/schema.ts';
import { definitionFields, Problem, ProfileId } from '../automation.schema.ts';

export const DraftBody = Type.Object(definitionFields, {
  title: 'AutomationDraftChange',
  examples: [{ actions: [{ type: 'reply', message: 'We are open from 8 to 18.' }] }],
});

export const ValidateBody = Type.Object(
  { profileId: ProfileId, ...definitionFields },
  {
    title: 'ValidateAutomation',
    examples: [
      {
        ...{ profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11', triggerType: 'keyword' },
        ...{ triggerConfig: { keywords: ['hours'] }, actions: [{ type: 'reply', message: 'From 7 to 18.' }] },
      },
    ],
  },
);

export const PublishBody = Type.Object(
  {
    note: Absentable(
      Type.String({ maxLength: 500, description: 'Why, for whoever looks at the versions later.' }),
    ),
    baseVersion: Absentable(
      Type.Integer({
        minimum: 1,
        maximum: 2_147_483_647,
        description: 'The version that is published now, if it is another one than the draft was begun from.',
      }),
    ),
  },
  { title: 'PublishAutomation', examples: [{ note: 'Opening hours of the summer.' }] },
);

const definition = {
  kind: Type.Enum(['rule', 'autoreply', 'flow']),
  triggerType: Type.String(),
  triggerConfig: JsonObject,
  conditions: Type.Array(JsonObject),
  actions: Type.Array(JsonObject),
  graph: Nullable(JsonObject),
  settings: JsonObject,
};
const Changes = Type.Array(Type.String(), {
  description: 'What it changes, in words.',
  examples: [['adds the step reply “We are open.”', 'changes 2 texts']],
});

export const Draft = Type.Object(
  {
    automationId: Uuid,
    version: Type.Integer({ description: 'What is published.' }),
    basedOn: Type.Integer({ description: 'The version it was begun from.' }),
    isBehind: Type.Boolean({ description: 'Whether another version was published since.' }),
    ...definition,
    problems: Type.Array(Problem, { description: 'What keeps it from being switched on.' }),
    changes: Changes,
    updatedAt: Timestamp,
    updatedBy: Nullable(Uuid),
  },
  { title: 'AutomationDraft' },
);

const about = {
  version: Type.Integer(),
  isPublished: Type.Boolean({ description: 'Whether it is what new runs begin with.' }),
  note: Nullable(Type.String()),
  changes: Changes,
  publishedBy: Nullable(Uuid),
  publishedAt: Timestamp,
};
export const Version = Type.Object(about, { title: 'AutomationVersion' });
export const WholeVersion = Type.Object(
  { ...about, ...definition },
  { title: 'AutomationVersionWithDefinition' },
);

export const Validated = Type.Object(
  {
    kind: Type.Enum(['rule', 'autoreply', 'flow']),
    problems: Type.Array(Problem),
    needs: Type.Array(Type.String(), { description: 'What whoever switches it on must be allowed.' }),
  },
  { title: 'AutomationValidated' },
);
