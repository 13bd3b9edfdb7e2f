import { problemsOfTexts, textsIn } from '../match/read.ts';
import { folded, has, type Mode, modes } from '../match/text.ts';
import type { TriggerKind } from './trigger.ts';

/** Any of its keywords is in the text. */
export const keyword: TriggerKind = {
  types: ['keyword'],
  problems: ({ keywords }, path) => problemsOfTexts(keywords, `${path}/keywords`),
  matches({ keywords, matchMode, caseSensitive }, { arrival }) {
    const mode: Mode = modes.includes(matchMode as Mode) ? (matchMode as Mode) : 'contains';
    // Words are found whatever their case.
    const minds = caseSensitive === true && mode !== 'word';
    const text = folded(arrival.text, minds);
    const found = (textsIn(keywords) ?? []).find(
      (one) => one.trim() !== '' && has(text, folded(one, minds), mode),
    );
    return found === undefined ? undefined : { matchedKeyword: found };
  },
};
