import Type from 'typebox';
import { cursorOf, limitOf } from '../../../http/list.ts';
import { Absentable, Nullable, Timestamp } from '../../../http/schema.ts';
import { Label } from '../conversations.schema.ts';

const text = { minLength: 1, maxLength: 10_000 };
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });
const Color = Type.String({ pattern: '^#[0-9a-fA-F]{6}$', examples: ['#00a884'] });

export const AssignBody = Type.Object(
  { userId: Nullable(Type.String({ description: 'A member who may read it; null: nobody.' })) },
  { examples: [{ userId: null }] },
);

export const LabelsOfBody = Type.Object(
  { labelIds: Type.Array(Type.String({ format: 'uuid' }), { maxItems: 100 }) },
  { examples: [{ labelIds: [] }] },
);

export const LabelsOf = Type.Object(
  { success: Type.Boolean(), labels: Type.Array(Label) },
  { title: 'LabelsOfConversation' },
);

export const StatusBody = Type.Object(
  {
    status: Type.Enum(['open', 'closed', 'snoozed'] as const),
    until: Absentable(
      Type.String({ ...Timestamp, description: 'When one that is snoozed is open again. Needed then only.' }),
    ),
  },
  { examples: [{ status: 'snoozed', until: '2035-01-01T00:00:00.000Z' }] },
);

export const LabelBody = Type.Object(
  { name: Name, color: Absentable(Color) },
  { examples: [{ name: 'New order', color: '#00a884' }] },
);

export const LabelChange = Type.Object(
  { name: Type.Optional(Name), color: Type.Optional(Color) },
  { examples: [{ name: 'Paid' }] },
);

export const NoteBody = Type.Object(
  { text: Type.String({ ...text, pattern: '\\S' }) },
  { examples: [{ text: 'Wants the rye bread sliced.' }] },
);

export const Note = Type.Object(
  {
    id: Type.String(),
    conversationId: Type.String(),
    authorId: Nullable(Type.String({ description: 'Null: the member is gone.' })),
    authorName: Nullable(Type.String()),
    text: Type.String({ examples: ['Wants the rye bread sliced.'] }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { title: 'ConversationNote' },
);

export const NoteList = Type.Object(
  { notes: Type.Array(Note), cursor: Nullable(Type.String()) },
  { title: 'ConversationNotes' },
);

export const NotesQuery = Type.Object({ limit: limitOf(), cursor: cursorOf('`cursor`') });
