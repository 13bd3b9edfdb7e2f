import Type, { type Static } from 'typebox';
import { Absentable, JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';

const Name = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', examples: ['Order is ready'] });
const Category = Type.String({
  maxLength: 50,
  description:
    '`marketing`, `utility`, `notification`, `authentication`, `service` or `other`; also a word of your own.',
  examples: ['utility'],
});
const MessageType = Type.String({
  maxLength: 30,
  description: 'The kind of the message, as in `POST /messages/<type>`.',
  examples: ['text'],
});
const Content = Type.Record(Type.String(), Type.Unknown(), {
  description:
    'The fields of `POST /messages/<type>`. In its texts `{name}` and `{{name}}` stand for a value, `{{name|there}}` has one ' +
    'in case there is none, and `\\{` is a brace. What names a file (`url`, `mediaId`, `filename`) takes no variables.',
  examples: [{ text: 'Hello {{name|there}}, order {order} is ready.' }],
});
const Variables = Type.Record(Type.String({ maxLength: 200 }), Type.Unknown(), {
  description: 'Texts, numbers and booleans by name. They count before what is known of the contact.',
  examples: [{ name: 'Sari', order: 1042 }],
});

export const Template = Type.Object(
  {
    id: Uuid,
    profileId: Uuid,
    name: Type.String({ examples: ['Order is ready'] }),
    category: Nullable(Type.String({ examples: ['utility'] })),
    messageType: Type.String({ examples: ['text'] }),
    content: Type.Record(Type.String(), Type.Unknown(), {
      examples: [{ text: 'Hello {{name|there}}, order {order} is ready.' }],
    }),
    variables: Type.Array(Type.String(), {
      description: 'The names in the content, in the order they appear.',
      examples: [['name', 'order']],
    }),
    usageCount: Type.Integer({ description: 'How many messages were made with it.', examples: [12] }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { title: 'Template' },
);

const example = {
  name: 'Order is ready',
  category: 'utility',
  messageType: 'text',
  content: { text: 'Hello {{name|there}}, order {order} is ready.' },
};
export const CreateTemplate = Type.Object(
  {
    profileId: Type.String({ minLength: 1, maxLength: 64 }),
    name: Name,
    category: Absentable(Category),
    messageType: MessageType,
    content: Content,
  },
  {
    title: 'CreateTemplate',
    examples: [{ profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11', ...example }],
  },
);
export const UpdateTemplate = Type.Object(
  {
    name: Type.Optional(Name),
    category: Type.Optional(Nullable(Category)),
    messageType: Type.Optional(MessageType),
    content: Type.Optional(Content),
  },
  {
    title: 'UpdateTemplate',
    description: 'What is absent stays; a null category is cleared.',
    examples: [{ content: { text: 'Good morning {{name|there}}, order {order} is ready.' } }],
  },
);
export const DuplicateTemplate = Type.Object(
  { name: Name },
  { title: 'DuplicateTemplate', examples: [{ name: 'Order is ready, second shop' }] },
);

const contactId = Absentable(
  Type.String({
    maxLength: 64,
    description:
      'Fills in `name`, `phone` and `metadata.*` of this contact where the variables do not; needs `contact:read`.',
  }),
);
export const PreviewTemplate = Type.Object(
  { variables: Variables, contactId },
  { title: 'PreviewTemplate', examples: [{ variables: { name: 'Sari', order: 1042 } }] },
);
export const PreviewContent = Type.Object(
  {
    profileId: Type.String({ minLength: 1, maxLength: 64 }),
    messageType: MessageType,
    content: Content,
    variables: Type.Optional(Variables),
    contactId,
  },
  {
    title: 'PreviewUnsavedTemplate',
    examples: [
      {
        profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11',
        messageType: example.messageType,
        content: example.content,
        variables: { name: 'Sari' },
      },
    ],
  },
);
export const TestContent = Type.Object(
  {
    ...PreviewContent.properties,
    to: Type.String({ minLength: 1, maxLength: 128, description: 'A number or a chat.' }),
  },
  {
    title: 'TestUnsavedTemplate',
    examples: [
      {
        ...{ profileId: '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11', to: '628123456789' },
        ...{ messageType: example.messageType, content: example.content, variables: { name: 'Sari' } },
      },
    ],
  },
);
export const Tested = Type.Object(
  { success: Type.Boolean({ examples: [true] }), messageId: Uuid },
  { title: 'TemplateTested' },
);

export const Preview = Type.Object(
  {
    template: Nullable(Type.String({ description: 'Its name.', examples: ['Order is ready'] })),
    original: JsonObject,
    rendered: JsonObject,
    variables: Type.Array(Type.String(), { examples: [['name', 'order']] }),
    values: Type.Array(
      Type.Object({
        name: Type.String({ examples: ['name'] }),
        value: Type.String({ examples: ['Sari'] }),
        from: Type.String({
          description: '`variables`, `contact`, `organization`, or `fallback`: from the text itself.',
          examples: ['variables'],
        }),
      }),
      { description: 'What was filled in, and where it came from.' },
    ),
    missing: Type.Array(Type.String(), {
      description: 'Names that nobody knows: they stay in the message as they were typed.',
      examples: [['order']],
    }),
    problems: Type.Array(Type.Object({ path: Type.String(), problem: Type.String() }), {
      description: 'What would keep the filled-in message from being sent.',
    }),
  },
  { title: 'TemplatePreview' },
);

const use = { id: Uuid, name: Type.String(), profileId: Uuid };

export const TemplateUses = Type.Object(
  {
    automations: Type.Object({
      total: Type.Integer({ examples: [2] }),
      active: Type.Integer({ description: 'Those that are on.', examples: [1] }),
      items: Type.Array(
        Type.Object({
          ...use,
          kind: Type.String({ description: '`rule`, `autoreply` or `flow`.', examples: ['flow'] }),
          isActive: Type.Boolean(),
        }),
      ),
    }),
    broadcasts: Type.Object({
      total: Type.Integer({ examples: [3] }),
      open: Type.Integer({ description: 'Those that are not over.', examples: [1] }),
      items: Type.Array(Type.Object({ ...use, status: Type.String({ examples: ['draft'] }) })),
    }),
  },
  { title: 'TemplateUses' },
);

export type CreateTemplateBody = Static<typeof CreateTemplate>;
export type UpdateTemplateBody = Static<typeof UpdateTemplate>;
export type PreviewTemplateBody = Static<typeof PreviewTemplate>;
export type TestContentBody = Static<typeof TestContent>;
export type PreviewContentBody = Static<typeof PreviewContent>;
