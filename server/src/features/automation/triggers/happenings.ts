import type { Json } from '../../../platform/db/json-column.ts';
import { isHappening, problemsOfHappening, problemsOfNames, wantsAny } from '../match/happening.ts';
import { textsIn } from '../match/read.ts';
import type { TriggerKind } from './trigger.ts';

/** Somebody reacted to a message, with one of `emojis`. */
export const reaction: TriggerKind = {
  types: ['reaction'],
  firedBy: () => 'happening',
  problems: ({ emojis }, path) => problemsOfNames(emojis, `${path}/emojis`),
  matches({ emojis }, { arrival: { happened } }) {
    if (happened?.event !== 'reaction') return undefined;
    const { emoji } = happened.about;
    return wantsAny(emojis, [emoji]) ? { note: `Somebody reacted with ${emoji}.` } : undefined;
  },
};

/** Somebody voted in a poll, for one of `options`. */
export const pollVote: TriggerKind = {
  types: ['poll_vote'],
  firedBy: () => 'happening',
  problems: ({ options }, path) => problemsOfNames(options, `${path}/options`),
  matches({ options }, { arrival: { happened } }) {
    if (happened?.event !== 'poll_vote') return undefined;
    const voted = happened.about.options;
    return wantsAny(options, voted)
      ? { note: `Somebody voted for ${textsIn(voted)?.join(', ')}.` }
      : undefined;
  },
};

/** Somebody chose something of a message with choices: by its text, or by its id. */
export const button: TriggerKind = {
  types: ['button'],
  problems: ({ texts, ids }, path) => [
    ...problemsOfNames(texts, `${path}/texts`),
    ...problemsOfNames(ids, `${path}/ids`),
  ],
  matches({ texts, ids }, { arrival }) {
    if (arrival.type !== 'choice') return undefined;
    const isNamed = texts !== undefined || ids !== undefined;
    const fits =
      !isNamed ||
      (texts !== undefined && wantsAny(texts, [arrival.text])) ||
      (ids !== undefined && (textsIn(ids) ?? []).includes(arrival.choiceId ?? ''));
    return fits ? { note: `Somebody chose ${arrival.text}.` } : undefined;
  },
};

const replied = 'broadcast.replied';

/** Something else happened: an `event` of a closed list, and with `tags`, `assignedUserIds`, `codes` or `actions` only those. */
export const happening: TriggerKind = {
  types: ['event'],
  firedBy: ({ event }) => (event === replied ? 'message' : 'happening'),
  problems: (config: Json, path) =>
    config.event === replied ? [] : problemsOfHappening(config, path, [replied]),
  matches(config, { arrival: { happened }, past }) {
    const { event } = config;
    if (event === replied) {
      return past.outOrigin === 'broadcast' ? { note: 'Somebody answered a campaign.' } : undefined;
    }
    return isHappening(config, happened) ? { note: `It happened: ${event}.` } : undefined;
  },
};
