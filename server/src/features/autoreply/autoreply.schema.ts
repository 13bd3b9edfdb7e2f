import Type, { type Static } from 'typebox';
import { Absentable, JsonObject, Nullable, Timestamp, Uuid } from '../../http/schema.ts';
import { modes } from '../automation/index.ts';

const ProfileId = Type.String({ minLength: 1, examples: ['0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11'] });
const profileExample = '0199d6a2-7b1c-7e52-9a51-0f6b0d2f3c11';

const Keywords = Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
  maxItems: 500,
  examples: [['price', 'cost']],
});
const Mode = Type.Enum([...modes, 'regex'], {
  description:
    '`exact`, `contains` (unless said), `startsWith`, `endsWith`, `word`, or `regex`: then each keyword is an expression.',
  examples: ['contains'],
});
const Response = Type.String({
  minLength: 1,
  maxLength: 65_536,
  description: 'May name `{{name}}`, `{{phone}}`, `{{message}}`, `{{time}}` and `{{date}}`.',
  examples: ['Hello {{name}}, a loaf costs 3 euros.'],
});
const fields = {
  matchMode: Absentable(Mode),
  isActive: Absentable(Type.Boolean()),
  privateOnly: Absentable(Type.Boolean({ description: 'Not in groups.' })),
  cooldownSecs: Absentable(Type.Integer({ minimum: 0, maximum: 31_536_000, description: '60 unless said.' })),
};
export const CreateAutoreply = Type.Object(
  { profileId: ProfileId, keywords: Keywords, response: Response, ...fields },
  {
    title: 'CreateAutoreply',
    examples: [
      {
        ...{ profileId: profileExample, keywords: ['price', 'cost'], matchMode: 'contains' },
        response: 'Hello {{name}}, a loaf costs 3 euros.',
      },
    ],
  },
);
export const UpdateAutoreply = Type.Object(
  { keywords: Absentable(Keywords), response: Absentable(Response), ...fields },
  { title: 'UpdateAutoreply', examples: [{ matchMode: 'word' }] },
);
export const OfProfile = Type.Object({ profileId: Type.String({ minLength: 1 }) });

export const QuickReplyQuery = Type.Object({
  profileId: Type.String({ minLength: 1 }),
  search: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'Part of the shortcut, the title or the message, whatever its case.',
      examples: ['open'],
    }),
  ),
});

const Shortcut = Type.String({ minLength: 1, maxLength: 100, examples: ['hours'] });
const Title = Type.String({ minLength: 1, maxLength: 200, examples: ['Opening hours'] });
const Message = Type.String({ minLength: 1, maxLength: 16_000, examples: ['We are open from 7 to 18.'] });

const Attachment = Type.Object(
  {
    type: Type.Enum(['image', 'video', 'document'], { examples: ['image'] }),
    mediaId: Type.String({ minLength: 1, maxLength: 64, description: 'Of `POST /uploads/media`.' }),
    filename: Absentable(Type.String({ maxLength: 1_000, description: 'As phones show a document.' })),
  },
  { title: 'QuickReplyAttachment' },
);
const SetAttachment = Type.Optional(
  Type.Union([Attachment, Type.Null()], {
    description:
      'A file that is sent with it, the message below; it is kept as long as the quick reply has it.',
    examples: [null],
  }),
);

export const QuickReply = Type.Object(
  {
    id: Uuid,
    profileId: Nullable(Type.String({ description: 'Null: it is there for every profile.' })),
    ...{ shortcut: Shortcut, title: Title, message: Message },
    attachment: Nullable(Attachment),
    variables: Type.Array(Type.String(), { description: 'The names in the message.', examples: [[]] }),
    ...{ createdAt: Timestamp, updatedAt: Timestamp },
  },
  { title: 'QuickReply' },
);
export const CreateQuickReply = Type.Object(
  {
    profileId: Type.Union([ProfileId, Type.Null()], {
      description: 'Null: for every profile of the organization, which takes the right for all of them.',
    }),
    ...{ shortcut: Shortcut, title: Title, message: Message, attachment: SetAttachment },
  },
  {
    title: 'CreateQuickReply',
    examples: [
      {
        ...{ profileId: profileExample, shortcut: 'hours', title: 'Opening hours' },
        message: 'We are open from 7 to 18.',
      },
    ],
  },
);
export const UpdateQuickReply = Type.Object(
  {
    ...{ shortcut: Absentable(Shortcut), title: Absentable(Title), message: Absentable(Message) },
    attachment: SetAttachment,
  },
  { title: 'UpdateQuickReply', examples: [{ message: 'We are open from 7 to 19.' }] },
);

export const PreviewQuickReply = Type.Object(
  {
    conversationId: Absentable(
      Type.String({ maxLength: 64, description: 'Whose person the names are filled in of.' }),
    ),
    variables: Absentable(
      Type.Record(Type.String(), Type.String({ maxLength: 4_096 }), { maxProperties: 100, examples: [{}] }),
    ),
  },
  { title: 'PreviewQuickReply', examples: [{ variables: { name: 'Sari' } }] },
);
export const QuickReplyPreview = Type.Object(
  {
    type: Type.String({ description: 'What `POST /messages/<type>` sends it.', examples: ['text'] }),
    content: Type.Record(Type.String(), Type.Unknown(), {
      description: 'The fields of that request beside `profileId` and `to`.',
      examples: [{ text: 'Hello Sari, we are open from 7 to 18.' }],
    }),
    missing: Type.Array(Type.String(), {
      description: 'Names that nothing is known for: they stay as typed.',
    }),
  },
  { title: 'QuickReplyPreview' },
);

export const WebhookReply = Type.Object(
  {
    profileId: Uuid,
    webhookUrl: Nullable(Type.String({ examples: ['https://example.com/answers'] })),
    enabled: Type.Boolean(),
    updatedAt: Nullable(Timestamp),
    secret: Nullable(Type.String({ description: 'Masked; in clear when it was just made.' })),
  },
  { title: 'WebhookReply' },
);
export const SetWebhookReply = Type.Object(
  {
    profileId: ProfileId,
    webhookUrl: Absentable(Type.String({ maxLength: 2_048 })),
    enabled: Absentable(Type.Boolean()),
    secret: Absentable(
      Type.String({ maxLength: 256, description: '8 characters at least; made by the server when absent.' }),
    ),
  },
  {
    title: 'SetWebhookReply',
    examples: [{ profileId: profileExample, webhookUrl: 'https://example.com/answers', enabled: true }],
  },
);

export const SetAiHook = Type.Object(
  {
    profileId: ProfileId,
    provider: Type.Enum(['openai', 'custom', 'dialogflow', 'langchain'], { examples: ['custom'] }),
    config: Absentable(JsonObject),
    enabled: Absentable(Type.Boolean()),
  },
  {
    title: 'SetAiHook',
    examples: [
      {
        ...{ profileId: profileExample, provider: 'custom', enabled: true },
        config: { endpoint: 'https://example.com/bot' },
      },
    ],
  },
);
export const AiHookSet = Type.Object(
  { success: Type.Boolean(), provider: Type.String(), enabled: Type.Boolean() },
  { title: 'AiHookSet' },
);
export const AiHook = Type.Object(
  {
    profileId: Uuid,
    provider: Nullable(Type.String({ examples: ['custom'] })),
    enabled: Type.Boolean(),
    hasConfig: Type.Boolean(),
  },
  { title: 'AiHook' },
);

export type CreateAutoreplyBody = Static<typeof CreateAutoreply>;
export type UpdateAutoreplyBody = Static<typeof UpdateAutoreply>;
