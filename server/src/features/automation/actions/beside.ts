import type { Json } from '../../../platform/db/json-column.ts';
import type { Problem } from '../../../platform/failures.ts';
import { isUuid } from '../../../platform/ids.ts';
import { render, type Source } from '../../templates/index.ts';
import type { ActionKind } from './action.ts';

const noteLengthMax = 5_000;
const noticeLengthMax = 500;

/** A text of an action with its variables, as long as may be. */
export function filledText(text: unknown, sources: readonly Source[], max = noteLengthMax): string {
  const { text: filled } = render({ text: String(text) }, sources).rendered as { text: string };
  return filled.slice(0, max).toWellFormed();
}

export const problemsOfText = (text: unknown, path: string, max = noteLengthMax): Problem[] =>
  typeof text === 'string' && text.trim() !== '' && text.length <= max
    ? []
    : [{ path, problem: `must be a text of 1 to ${max} characters` }];

/** Under the name of the notes' route, or as other actions call their text. */
const said = ({ text, message }: Json) => text ?? message;

/** Keeps an internal note about the conversation; it is never sent. */
export const note: ActionKind = {
  types: ['note'],
  problems: (config, path) => problemsOfText(said(config), `${path}/text`),
  act(config, { sources }) {
    const text = filledText(said(config), sources);
    return { is: 'done', effects: [{ do: 'note', text }], data: { text } };
  },
};

/** Notifies a member here, or everybody who may read the conversation. */
export const notify: ActionKind = {
  types: ['notify'],
  problems: ({ userId, ...config }, path) => [
    ...problemsOfText(said(config), `${path}/text`, noticeLengthMax),
    ...(userId === undefined || userId === null || isUuid(String(userId))
      ? []
      : [{ path: `${path}/userId`, problem: 'must be the id of a member' }]),
  ],
  act(config, { sources }) {
    const text = filledText(said(config), sources, noticeLengthMax);
    const userId = typeof config.userId === 'string' ? config.userId.toLowerCase() : null;
    return { is: 'done', effects: [{ do: 'notify', text, userId }], data: { text, userId } };
  },
};

/** The person is written to no more: not by campaigns, or with `scope` `all` by nothing automatic. */
export const optOut: ActionKind = {
  types: ['opt_out'],
  needs: 'contact:update',
  problems: ({ scope }, path) =>
    scope === undefined || scope === 'marketing' || scope === 'all'
      ? []
      : [{ path: `${path}/scope`, problem: 'must be marketing or all' }],
  act({ scope: wanted }) {
    const scope = wanted === 'all' ? 'all' : 'marketing';
    return { is: 'done', effects: [{ do: 'opt-out', scope }], data: { scope } };
  },
};

/** The person may be written to again. */
export const optIn: ActionKind = {
  types: ['opt_in'],
  needs: 'contact:update',
  problems: () => [],
  act: () => ({ is: 'done', effects: [{ do: 'opt-in' }] }),
};

/** Puts an emoji on the message that is answered. */
export const sendReaction: ActionKind = {
  types: ['send_reaction'],
  needs: 'message:send',
  problems: ({ emoji }, path) =>
    typeof emoji === 'string' && emoji.length <= 32
      ? []
      : [{ path: `${path}/emoji`, problem: 'must be one emoji, or empty' }],
  act: ({ emoji }) => ({
    ...{ is: 'done', effects: [{ do: 'react', emoji: String(emoji) }], data: { emoji } },
  }),
};
