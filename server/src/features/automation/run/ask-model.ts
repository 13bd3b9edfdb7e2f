import type { Json } from '../../../platform/db/json-column.ts';
import type { Effect } from '../actions/action.ts';
import type { AskedFor, Assistant, NotAnswered, Question } from '../assistant.ts';
import { doneExit } from '../program/program.ts';

/** What came of a question outside: how the step goes on, or why it could not. */
export type Told =
  | {
      readonly effects: readonly Effect[];
      readonly exit: string;
      readonly vars: Readonly<Record<string, string>>;
      readonly data: Json;
    }
  | {
      readonly error: string;
      readonly data: Json;
      readonly vars?: Readonly<Record<string, string>>;
    };

const textLengthMax = 4_096;
const hoursHandedOver = 12;

/** Asks the language model; what it says decides the exit, and is at hand as `ai.action`, `ai.label`, `ai.sentiment` and by names. */
export async function askModel(
  assistant: Assistant,
  of: AskedFor,
  question: Question,
  { variable }: Json,
): Promise<Told> {
  switch (question.ask) {
    case 'reply': {
      const answer = await assistant.reply(of, question);
      if ('code' in answer) return notTold(answer);
      const { action } = answer;
      const text = answer.text?.slice(0, textLengthMax).toWellFormed() ?? '';
      const effects: Effect[] = [
        ...(text === ''
          ? []
          : [{ do: 'send' as const, type: 'text', fields: { text }, citations: answer.citations ?? [] }]),
        ...(action === 'handoff' ? [{ do: 'hand-over' as const, hours: hoursHandedOver, userId: null }] : []),
      ];
      const exit = action === 'handoff' || action === 'refuse' ? action : doneExit;
      return { effects, exit, vars: { 'ai.action': action }, data: { action } };
    }
    case 'classify': {
      const answer = await assistant.classify(of, question);
      if ('code' in answer) return notTold(answer);
      const index = answer.label === null ? -1 : question.labels.indexOf(answer.label);
      const label = question.labels[index] ?? '';
      const vars = { 'ai.label': label, ...savedAs(variable, label) };
      return {
        effects: [],
        exit: index < 0 ? 'else' : `case:${index}`,
        vars,
        data: { label: label || null },
      };
    }
    case 'extract': {
      const answer = await assistant.extract(of, question);
      if ('code' in answer) return notTold(answer);
      const found = question.fields.flatMap(({ name }) => {
        const value = Object.hasOwn(answer.values, name) ? answer.values[name] : undefined;
        return typeof value === 'string' ? [[name, value] as const] : [];
      });
      const values = Object.fromEntries(found);
      return { effects: [], exit: doneExit, vars: values, data: { values } };
    }
    case 'sentiment': {
      const answer = await assistant.sentiment(of, question);
      if ('code' in answer) return notTold(answer);
      const { sentiment } = answer;
      const score = answer.confidence.toFixed(2);
      const vars = { 'ai.sentiment': sentiment, 'ai.score': score, ...savedAs(variable, sentiment) };
      return { effects: [], exit: doneExit, vars, data: { sentiment, score } };
    }
  }
}

const savedAs = (variable: unknown, value: string) =>
  typeof variable === 'string' ? { [variable]: value } : {};

const notTold = ({ code, error }: NotAnswered): Told => ({ error, data: { error, code } });
