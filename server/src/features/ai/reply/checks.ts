import type { Json } from '../../../platform/db/json-column.ts';
import { unfounded } from './claims.ts';
import { isSameLanguage } from './language.ts';

export const actions = ['answer', 'ask', 'handoff', 'refuse'] as const;
export type Action = (typeof actions)[number];

/** What a model answered, once it is of the right shape. */
export interface Draft {
  readonly action: Action;
  readonly text: string;
  /** Ids of sources. */
  readonly citations: readonly string[];
  readonly language: string | null;
  readonly isAngry: boolean;
}

const textLengthMax = 1_500;
const leakLength = 40;
/** Invisible signs that turn text around or hide some of it. */
const hidden = /[\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]|(?!\n)\p{Cc}/gu;

/** Reads an answer that is to be an object, or a text with `[1]` marks where the model can't do that. */
export function readDraft(json: Json | undefined, text: string): Draft | undefined {
  if (!json) return draftOfText(text);
  const action = actions.find((one) => one === json.action);
  if (!action || (typeof json.text !== 'string' && json.text != null)) return undefined;
  const citations = Array.isArray(json.citations) ? json.citations.map((one) => String(one)) : [];
  return {
    ...{ action, text: clean(json.text ?? ''), citations: [...new Set(citations)].slice(0, 20) },
    language: typeof json.language === 'string' ? json.language.slice(0, 35) : null,
    isAngry: json.angry === true,
  };
}

function draftOfText(text: string): Draft | undefined {
  // Half an object is no words for anybody.
  if (/^\s*(```|\{)/.test(text)) return undefined;
  const citations = [...text.matchAll(/\[(\d{1,2})\]/g)].map(([, id]) => String(id));
  const said = clean(text.replaceAll(/\s*\[\d{1,2}\]/g, ''));
  return { action: 'answer', text: said, citations: [...new Set(citations)], language: null, isAngry: false };
}

const clean = (text: string) => text.replaceAll(hidden, '').trim().toWellFormed();

/** What is wrong with a draft, in words for the model and for people; nothing when it may be sent. */
export async function faultsOf(
  draft: Draft,
  of: {
    /** What may be cited: texts by their ids. */
    sources: ReadonlyMap<string, string>;
    /** What else is known to be true: the conversation, and what the business says of itself. */
    known: readonly string[];
    /** Nothing can be cited where there is no knowledge. */
    needsCitation: boolean;
    system: string;
    fence: string;
    said: string;
    language: string | undefined;
  },
): Promise<string[]> {
  const { text, citations, action } = draft;
  if (action === 'handoff' || action === 'refuse') return [];
  if (text === '') return ['there is no text'];
  const cited = citations.flatMap((id) => of.sources.get(id) ?? []);
  const foreign = citations.filter((id) => !of.sources.has(id));
  return [
    ...(text.length > textLengthMax ? [`it has more than ${textLengthMax} characters`] : []),
    ...(foreign.length > 0 ? [`there is no source ${foreign.join(', ')}`] : []),
    ...(of.needsCitation && action === 'answer' && cited.length === 0
      ? ['an answer must cite a source']
      : []),
    ...unfounded(text, [...cited, ...of.known]),
    ...(text.includes(of.fence) || leaks(text, of.system) ? ['it repeats the instructions'] : []),
    ...((await isSameLanguage(of.said, text, of.language))
      ? []
      : ['it is in another language than the customer’s']),
  ];
}

/** Whether a text has 40 characters in a row of the instructions, whatever the spaces between them. */
function leaks(text: string, system: string): boolean {
  const [said, secret] = [text, system].map((one) => one.toLowerCase().replaceAll(/\s+/g, ' ')) as [
    string,
    string,
  ];
  for (let at = 0; at + leakLength <= said.length; at++) {
    if (secret.includes(said.slice(at, at + leakLength))) return true;
  }
  return false;
}
