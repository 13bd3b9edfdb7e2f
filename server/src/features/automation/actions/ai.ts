import type { Json } from '../../../platform/db/json-column.ts';
import type { Question } from '../assistant.ts';
import { problemsOfTexts, textsIn } from '../match/read.ts';
import type { ActionKind } from './action.ts';
import { variableName } from './variables.ts';

const promptLengthMax = 8_000;
const labelsMax = 20;
const fieldsMax = 20;

function problemsOfPrompt({ systemPrompt }: Json, path: string) {
  const fits =
    systemPrompt === undefined ||
    systemPrompt === null ||
    (typeof systemPrompt === 'string' && systemPrompt.length <= promptLengthMax);
  return fits
    ? []
    : [{ path: `${path}/systemPrompt`, problem: `must be a text of at most ${promptLengthMax} characters` }];
}

const problemsOfVariable = ({ variable }: Json, path: string) =>
  variable === undefined || variableName(variable)
    ? []
    : [{ path: `${path}/variable`, problem: 'must be a name of letters, digits and _' }];

const promptOf = ({ systemPrompt }: Json) =>
  typeof systemPrompt === 'string' && systemPrompt !== '' ? systemPrompt : null;
const asking = (question: Question) => ({ is: 'call' as const, call: question });

/** Answers by a language model. Exits are `handoff` and `refuse` where it leaves the chat to people, or has no answer. */
export const aiReply: ActionKind = {
  types: ['ai_reply'],
  needs: 'message:send',
  exits: () => ['handoff', 'refuse'],
  problems: problemsOfPrompt,
  act: (config, { facts }) =>
    asking({ ask: 'reply', text: facts.arrival.text, systemPrompt: promptOf(config), provider: null }),
};

/** Which of the `labels` fits what the person said: exits are `case:0`, `case:1` … and `else`; `variable` gets it. */
export const aiClassify: ActionKind = {
  types: ['ai_classify'],
  exits: ({ labels }) => [...(textsIn(labels) ?? []).map((_, index) => `case:${index}`), 'else'],
  problems: (config, path) => [
    ...problemsOfTexts(config.labels, `${path}/labels`),
    ...((textsIn(config.labels)?.length ?? 0) > labelsMax
      ? [{ path: `${path}/labels`, problem: `must have at most ${labelsMax} entries` }]
      : []),
    ...problemsOfPrompt(config, path),
    ...problemsOfVariable(config, path),
  ],
  act: (config, { facts }) =>
    asking({
      ...{ ask: 'classify', text: facts.arrival.text, systemPrompt: promptOf(config) },
      labels: textsIn(config.labels) ?? [],
    }),
};

/** The mood of what the person said: `ai.sentiment` is positive, negative or neutral, `ai.score` from 0 to 1 how sure that is. */
export const aiSentiment: ActionKind = {
  types: ['ai_sentiment'],
  problems: (config, path) => problemsOfVariable(config, path),
  act: (_, { facts }) => asking({ ask: 'sentiment', text: facts.arrival.text }),
};

/** The fields asked for: a name, or a name with what is meant. */
const fieldsOf = ({ fields }: Json) =>
  Array.isArray(fields)
    ? fields.map((field: unknown) => {
        const { name, description } = (
          typeof field === 'object' && field !== null ? field : { name: field }
        ) as Json;
        return {
          name: String(name ?? ''),
          description: typeof description === 'string' ? description.slice(0, 500) : null,
        };
      })
    : [];

/** Fills variables named by `fields` with what the person said of them. */
export const aiExtract: ActionKind = {
  types: ['ai_extract'],
  problems(config, path) {
    const fields = fieldsOf(config);
    if (fields.length === 0 || fields.length > fieldsMax) {
      return [{ path: `${path}/fields`, problem: `must be a list of 1 to ${fieldsMax} fields` }];
    }
    return [
      ...fields.flatMap(({ name }, index) =>
        variableName(name)
          ? []
          : [{ path: `${path}/fields/${index}`, problem: 'must have a name of letters, digits and _' }],
      ),
      ...problemsOfPrompt(config, path),
    ];
  },
  act: (config, { facts }) =>
    asking({
      ...{ ask: 'extract', text: facts.arrival.text, systemPrompt: promptOf(config) },
      fields: fieldsOf(config),
    }),
};
