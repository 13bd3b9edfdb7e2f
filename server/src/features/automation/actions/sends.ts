import type { Json } from '../../../platform/db/json-column.ts';
import type { Problem } from '../../../platform/failures.ts';
import { isUuid } from '../../../platform/ids.ts';
import { render } from '../../templates/index.ts';
import type { Act, ActionKind, Scene } from './action.ts';

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

const typingSecondsDefault = 3;
const typingSecondsMax = 10;

/** Shows for a while that somebody types, where an action asks for it; undefined where it does not, or has. */
function typing(
  { simulateTyping, typingDuration }: Json,
  { hasTyped }: Scene,
  type: string,
): Act | undefined {
  if (simulateTyping !== true || hasTyped) return undefined;
  const seconds = typeof typingDuration === 'number' ? typingDuration : typingSecondsDefault;
  const ms = Math.round(Math.min(Math.max(seconds, 0), typingSecondsMax) * 1_000);
  return ms === 0 ? undefined : { is: 'typing', ms, as: type === 'voice' ? 'recording' : 'composing' };
}

function problemsOfTyping({ typingDuration }: Json, path: string): Problem[] {
  const fits = typingDuration === undefined || typeof typingDuration === 'number';
  return fits ? [] : [{ path: `${path}/typingDuration`, problem: 'must be a number of seconds' }];
}

/** Sends a template, with `variables` of its own. */
const template: ActionKind = {
  types: ['send_template'],
  needs: 'message:send',
  problems: ({ templateId, variables, ...config }, path) => [
    ...(typeof templateId === 'string' && isUuid(templateId)
      ? []
      : [{ path: `${path}/templateId`, problem: 'must be the id of a template' }]),
    ...(variables === undefined || isTexts(variables)
      ? []
      : [{ path: `${path}/variables`, problem: 'must be texts by their names' }]),
    ...problemsOfTyping(config, path),
  ],
  act(config, scene) {
    const { templateId, variables } = config;
    // Their values may name what is known, as texts do.
    const filled = isTexts(variables) ? (render(variables, scene.sources).rendered as Json) : {};
    const effect = { do: 'template' as const, templateId: String(templateId), variables: filled };
    return typing(config, scene, 'text') ?? { is: 'done', effects: [effect], data: { templateId } };
  },
};

const isTexts = (value: unknown): value is Json =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one));

/** Sends a quick reply, by its shortcut. */
const quickReply: ActionKind = {
  types: ['send_quick_reply'],
  needs: 'message:send',
  problems: ({ shortcut, ...config }, path) => [
    ...(typeof shortcut === 'string' && shortcut.trim() !== '' && shortcut.length <= 100
      ? []
      : [{ path: `${path}/shortcut`, problem: 'must be the shortcut of a quick reply' }]),
    ...problemsOfTyping(config, path),
  ],
  act(config, scene) {
    const shortcut = String(config.shortcut);
    return (
      typing(config, scene, 'text') ?? {
        ...{ is: 'done', effects: [{ do: 'quick-reply', shortcut }], data: { shortcut } },
      }
    );
  },
};

/** Actions that send a message: one for each kind of message that may be. */
const ofForms: readonly ActionKind[] = forms.map((form) => ({
  types: form.types,
  needs: 'message:send' as const,
  problems(config, path, { readSend }) {
    const type = form.sends(config);
    const fields = form.fields(config);
    const read = readSend(type, fields);
    const problems = [
      ...('problems' in read ? read.problems.map((one) => ofAction(one, path, form.called)) : []),
      ...problemsOfTyping(config, path),
    ];
    const isFile = ['image', 'video', 'audio', 'voice', 'document'].includes(type);
    const files = ['url', 'base64', 'mediaId'].filter((name) => name in fields);
    return isFile && files.length !== 1
      ? [...problems, { path, problem: 'must have exactly one of url, base64 and mediaId' }]
      : problems;
  },
  act(config, scene) {
    const typed = typing(config, scene, form.sends(config));
    if (typed) return typed;
    const { sources } = scene;
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

export const sends: readonly ActionKind[] = [...ofForms, template, quickReply];

/** A problem of a message as one of the action that makes it. */
function ofAction({ path, problem }: Problem, at: string, called: SendForm['called'] = {}): Problem {
  const field = path.replace(/^\/content\/?/, '');
  const name = Object.hasOwn(called, field) ? called[field] : field;
  return { path: name ? `${at}/${name}` : at, problem };
}
