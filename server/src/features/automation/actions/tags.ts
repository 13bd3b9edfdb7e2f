import type { Json } from '../../../platform/db/json-column.ts';
import { problemsOfTexts, textsIn } from '../match/read.ts';
import type { ActionKind } from './action.ts';

/** A list, or the single tag of the old canvas. */
const tagsOf = ({ tags, tag }: Json): string[] =>
  (textsIn(tags) ?? (typeof tag === 'string' ? tag.split(',') : [])).map((one) => one.trim()).filter(Boolean);

const kind = (type: 'add_tag' | 'remove_tag'): ActionKind => ({
  types: [type],
  problems(config, path) {
    const tags = tagsOf(config);
    const problems = problemsOfTexts(tags, `${path}/tags`);
    const tooLong = tags.some((tag) => tag.length > 100);
    return tooLong
      ? [...problems, { path: `${path}/tags`, problem: 'must have at most 100 characters each' }]
      : problems;
  },
  act(config) {
    const tags = tagsOf(config);
    const effect = {
      do: 'tag' as const,
      add: type === 'add_tag' ? tags : [],
      remove: type === 'add_tag' ? [] : tags,
    };
    return { is: 'done', effects: [effect], data: { tags } };
  },
});

export const addTag = kind('add_tag');
export const removeTag = kind('remove_tag');
