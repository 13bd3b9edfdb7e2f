import type { Json } from '../../../platform/db/json-column.ts';
import type { Problem } from '../../../platform/failures.ts';
import { render } from '../../templates/index.ts';
import type { ActionKind } from './action.ts';

interface SendForm {
  types: readonly string[];
  /** The type of message. */
  sends(config: Json): string;
  /** Fields of the message; `said` of them have variables. */
  fields(config: Json): Json;
  said: readonly string[];
  /** What is told of it. */
  told(fields: Json): Json;
  /** The names of the action's own fields where they differ from those of the message. */
  called?: Readonly<Record<string, string>>;
}

const given = (config: Json, ...names: string[]): Json =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = config[name];
      return value === undefined || value === null || value === '' ? [] : [[name, value]];
    }),
  );
const file = (config: Json) => given(config, 'url', 'base64', 'mediaId', 'mimetype');

function media(type: 'image' | 'video'): SendForm {
  return {
    types: [`send_${type}`],
    sends: () => type,
    fields: (config) => ({ ...file(config), ...given(config, 'caption') }),
    said: ['caption'],
    told: ({ url = null, caption = null }) => ({ url, caption }),
  };
}

const forms: readonly SendForm[] = [
  {
    types: ['reply', 'send_text'],
    sends: () => 'text',
    fields: (config) => ({ text: config.message ?? config.text }),
    said: ['text'],
    told: ({ text }) => ({ message: text }),
    called: { text: 'message' },
  },
  media('image'),
  media('video'),
  {
    types: ['send_audio'],
    sends: ({ ptt }) => (ptt === true ? 'voice' : 'audio'),
    fields: file,
    said: [],
    told: ({ url = null }) => ({ url }),
  },
  {
    types: ['send_document'],
    sends: () => 'document',
    fields: (config) => ({ filename: 'document', ...file(config), ...given(config, 'filename', 'caption') }),
    said: ['caption'],
    told: ({ url = null, filename }) => ({ url, filename }),
  },
  {
    types: ['send_poll'],
    sends: () => 'poll',
    fields: (config) => given(config, 'question', 'options', 'allowMultipleAnswers'),
    said: ['question'],
    told: ({ question, options }) => ({ question, options }),
  },
  {
    types: ['send_location'],
    sends: () => 'location',
    fields: (config) => ({
      latitude: 0,
      longitude: 0,
      ...given(config, 'latitude', 'longitude', 'name', 'address'),
    }),
    said: [],
    told: ({ latitude, longitude }) => ({ latitude, longitude }),
  },
  {
    types: ['send_contact'],
    sends: () => 'contact',
    fields: ({ contactName, contactPhone }) => ({
      contacts: [{ name: contactName || 'Contact', phone: contactPhone }],
    }),
    said: [],
    told: ({ contacts }) => ({ contacts }),
    called: { 'contacts/0/phone': 'contactPhone', 'contacts/0/name': 'contactName' },
  },
];

/** Actions that send a message: one for each kind of message that may be. */
export const sends: readonly ActionKind[] = forms.map((form) => ({
  types: form.types,
  needs: 'message:send' as const,
  problems(config, path, { readSend }) {
    const type = form.sends(config);
    const fields = form.fields(config);
    const read = readSend(type, fields);
    const problems = 'problems' in read ? read.problems.map((one) => ofAction(one, path, form.called)) : [];
    const isFile = ['image', 'video', 'audio', 'voice', 'document'].includes(type);
    const files = ['url', 'base64', 'mediaId'].filter((name) => name in fields);
    return isFile && files.length !== 1
      ? [...problems, { path, problem: 'must have exactly one of url, base64 and mediaId' }]
      : problems;
  },
  act(config, { sources }) {
    const fields = form.fields(config);
    const said = given(fields, ...form.said);
    const filled = { ...fields, ...render(said, sources).rendered };
    return {
      is: 'done',
      effects: [{ do: 'send', type: form.sends(config), fields: filled }],
      data: form.told(filled),
    };
  },
}));

/** A problem of a message as one of the action that makes it. */
function ofAction({ path, problem }: Problem, at: string, called: SendForm['called'] = {}): Problem {
  const field = path.replace(/^\/content\/?/, '');
  const name = Object.hasOwn(called, field) ? called[field] : field;
  return { path: name ? `${at}/${name}` : at, problem };
}
