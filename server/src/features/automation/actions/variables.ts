import { render } from '../../templates/index.ts';
import type { ActionKind } from './action.ts';

/** Whether it is a name that texts can have in braces. */
export const variableName = (name: unknown): boolean =>
  typeof name === 'string' && /^[\p{L}_][\p{L}\p{M}\p{N}_]{0,63}$/u.test(name);

/** Keeps a text for later steps of the run. */
export const setVariable: ActionKind = {
  types: ['set_variable'],
  problems: ({ name, value }, path) => [
    ...(variableName(name)
      ? []
      : [{ path: `${path}/name`, problem: 'must be a name of letters, digits and _' }]),
    ...(typeof value === 'string' ? [] : [{ path: `${path}/value`, problem: 'must be a text' }]),
  ],
  act({ name, value }, { sources }) {
    const { text } = render({ text: String(value) }, sources).rendered;
    return { is: 'done', vars: { [String(name)]: text }, data: { name, value: text } };
  },
};

/** Sets the name or further fields of the contact. */
export const setContact: ActionKind = {
  types: ['set_contact'],
  problems: ({ name, metadata }, path) => [
    ...(name === undefined || (typeof name === 'string' && name.length <= 200)
      ? []
      : [{ path: `${path}/name`, problem: 'must be a text of at most 200 characters' }]),
    ...(metadata === undefined ||
    (typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata))
      ? []
      : [{ path: `${path}/metadata`, problem: 'must be an object' }]),
  ],
  act({ name, metadata }, { sources }) {
    const filled = render({ ...(name ? { name } : {}), ...(metadata ? { metadata } : {}) }, sources)
      .rendered as {
      name?: string;
      metadata?: Record<string, unknown>;
    };
    return { is: 'done', effects: [{ do: 'contact', ...filled }], data: filled };
  },
};
