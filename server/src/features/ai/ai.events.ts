import Type from 'typebox';
import { Nullable } from '../../http/schema.ts';
import { defineEvent } from '../../platform/events/define.ts';
import { example } from '../../platform/events/example.ts';

const Text = Type.String();

export const aiBudget = defineEvent({
  name: 'ai.budget',
  what:
    'The language model has used 80 % or all of what may be used in a month (`scope` is `month`), or by a profile in a day ' +
    '(`profile`). At 100 % it is not asked any more.',
  permission: 'settings:read',
  example: { scope: 'month', percent: 80, timestamp: example.timestamp },
  body: Type.Object({ scope: Text, percent: Type.Integer(), timestamp: Text }),
  notice: ({ body: { scope, percent } }, { profileName }) => ({
    kind: 'system',
    title:
      percent >= 100 ? 'The limit of the language model is reached' : 'The language model nears its limit',
    body:
      scope === 'month'
        ? `${percent} % of what may be used in this month is used.`
        : `${percent} % of what ${profileName} may use today is used.`,
    metadata: { scope, percent },
    topic: `ai.budget.${scope}`,
  }),
});

const suggestion = {
  ...{ suggestionId: '0199d6a2-4b5c-7e52-9a51-0f6b0d2f3c11', profileId: example.profileId },
  ...{ conversationId: example.conversationId, messageId: example.messageId, action: 'answer' },
  content: 'We open at 07.00.',
  citations: [
    {
      ...{ documentId: '0199d6a2-5b6c-7e52-9a51-0f6b0d2f3c11', documentName: 'Opening hours' },
      ...{ chunkId: '0199d6a2-6b7c-7e52-9a51-0f6b0d2f3c11', quote: 'Open 07.00 to 17.00' },
    },
  ],
  ...{ warnings: [], support: 0.9, sent: false, timestamp: example.timestamp },
};

export const aiSuggestion = defineEvent({
  name: 'ai.suggestion',
  what:
    'The language model came up with an answer for a conversation, for colleagues (`sent` is false) or for the person. ' +
    '`citations` say what it stands on, `warnings` what is wrong with it.',
  permission: 'message:read',
  example: suggestion,
  body: Type.Object({
    ...{ suggestionId: Text, profileId: Text, conversationId: Text, messageId: Nullable(Text), action: Text },
    content: Text,
    citations: Type.Array(Type.Object({ documentId: Text, documentName: Text, chunkId: Text, quote: Text })),
    ...{ warnings: Type.Array(Text), support: Type.Number(), sent: Type.Boolean(), timestamp: Text },
  }),
});
