import { field, listIn, stringIn } from '../call.ts';
import { type Saying, textSaying, webUrl } from './bubbles.ts';

/** What a bot waits for, as far as it is needed to understand an answer. */
export interface Pending extends Record<string, unknown> {
  type: string;
  isMultiple: boolean;
  takesFiles: boolean;
  options: { id: string; title: string }[];
  /** The message that was answered last: a file of it that comes later is no second answer. */
  answered?: string;
}
export interface Asked {
  pending: Pending;
  /** How it is asked for. */
  sayings: Saying[];
}

const optionsMax = 100;
const titleLengthMax = 1_000;
const pollOptionsMax = 12;
const pollTitleMax = 100;
const pollQuestionMax = 255;

/**
 * What a reply asks for; undefined when the bot has ended. Words, numbers, dates and the like are asked for by the bubbles
 * before: https://docs.typebot.io/editor/blocks/inputs/text and its neighbours.
 */
export function askedBy(reply: unknown, payAt: string): Asked | undefined {
  const input = field(reply, 'input');
  const type = stringIn(input, 'type');
  if (type === undefined) return undefined;
  const options = field(input, 'options');
  const pending: Pending = {
    type,
    isMultiple: field(options, 'isMultipleChoice') === true,
    takesFiles: type === 'file input' || field(field(options, 'attachments'), 'isEnabled') === true,
    options: [],
  };
  switch (type) {
    case 'choice input':
      return choices(pending, listIn(input, 'items'), ['content']);
    case 'picture choice input':
      return choices(pending, listIn(input, 'items'), ['title', 'description', 'pictureSrc']);
    case 'cards':
      return cards(pending, listIn(input, 'items'));
    case 'rating input':
      return { pending, sayings: textSaying(rangeOf(options)) };
    case 'payment input':
      return { pending, sayings: textSaying(paymentOf(input, payAt)) };
    default:
      return { pending, sayings: [] };
  }
}

function choices(pending: Pending, items: unknown[], names: readonly string[]): Asked {
  const sayings: Saying[] = [];
  for (const item of items.slice(0, optionsMax)) {
    const title = names.map((name) => stringIn(item, name)?.trim()).find((text) => text) ?? '';
    if (title === '') continue;
    pending.options.push({ id: stringIn(item, 'id') ?? '', title: title.slice(0, titleLengthMax) });
    const picture = webUrl(stringIn(item, 'pictureSrc'));
    const description = stringIn(item, 'title') ? (stringIn(item, 'description') ?? '') : '';
    const caption = [`${pending.options.length}. ${title}`, description].filter((line) => line).join('\n');
    if (picture) sayings.push({ type: 'image', fields: { url: picture, caption }, instead: caption });
  }
  return { pending, sayings: sayings.length > 0 ? sayings : textSaying(numbered(pending)) };
}

/** Each way of each card is a choice. */
function cards(pending: Pending, items: unknown[]): Asked {
  const sayings = items.slice(0, optionsMax).flatMap((item): Saying[] => {
    const title = stringIn(item, 'title') ?? '';
    const paths = listIn(item, 'paths')
      .slice(0, 10)
      .map((path) => {
        pending.options.push({ id: stringIn(path, 'id') ?? '', title: stringIn(path, 'text') ?? title });
        return `${pending.options.length}. ${stringIn(path, 'text') ?? title}`;
      });
    const words = [title && `*${title}*`, stringIn(item, 'description'), ...paths];
    const caption = words.filter((line) => line).join('\n');
    const picture = webUrl(stringIn(item, 'imageUrl'));
    return picture
      ? [{ type: 'image', fields: { url: picture, caption }, instead: caption }]
      : textSaying(caption);
  });
  return { pending, sayings };
}

const numbered = ({ options }: Pending) =>
  options.map(({ title }, index) => `${index + 1}. ${title}`).join('\n');

function rangeOf(options: unknown): string {
  const number = (name: string, usual: number) => {
    const value = field(options, name);
    return typeof value === 'number' ? value : usual;
  };
  const [from, to] = [number('startsAt', 1), number('length', 10)];
  const labels = field(options, 'labels');
  const end = (at: number, name: string) => {
    const label = stringIn(labels, name);
    return label ? `${at} (${label})` : String(at);
  };
  return `${end(from, 'left')} – ${end(to, 'right')}`;
}

/** Cards are charged by the bot's own page only. */
function paymentOf(input: unknown, payAt: string): string {
  const description = stringIn(field(field(input, 'options'), 'additionalInformation'), 'description');
  const amount = stringIn(field(input, 'runtimeOptions'), 'amountLabel');
  return [description, amount, payAt].filter((line) => line).join('\n');
}

/**
 * The same as a poll where it has room for the choices; the words said last are its question. A choice of several stays a
 * list: of a poll nobody knows when somebody has chosen all.
 */
export function asPoll(said: readonly Saying[], { pending, sayings }: Asked): Saying[] | undefined {
  const titles = pending.options.map(({ title }) => title);
  const fits =
    ['choice input', 'picture choice input'].includes(pending.type) &&
    !pending.isMultiple &&
    titles.length >= 2 &&
    titles.length <= pollOptionsMax &&
    new Set(titles).size === titles.length &&
    titles.every((title) => title.length <= pollTitleMax) &&
    sayings.every(({ type }) => type === 'text');
  if (!fits) return undefined;
  const last = said.at(-1);
  const words = last?.type === 'text' ? String(last.fields.text) : '';
  const isQuestion = words !== '' && words.length <= pollQuestionMax;
  const poll: Saying = {
    type: 'poll',
    fields: { question: isQuestion ? words : '👇', options: titles, allowMultipleAnswers: false },
  };
  return [...(isQuestion ? said.slice(0, -1) : said), poll];
}

/** What somebody's words mean: numbers and words name choices; all else is left to the bot, which says what is wrong. */
export function meantBy(pending: Pending | null, text: string): { text: string; replyId?: string } {
  const words = text.trim();
  if (!pending || pending.options.length === 0 || words === '') return { text };
  const parts = pending.isMultiple ? words.split(/[,;\n]|\s+(?=\d+\b)/).slice(0, optionsMax) : [words];
  const found = parts.flatMap((part) => optionOf(pending, part.trim()) ?? []);
  if (found.length === 0 || found.length < parts.filter((part) => part.trim() !== '').length) return { text };
  const [first] = found;
  const titles = found.map(({ title }) => title).join(', ');
  return { text: titles, ...(!pending.isMultiple && first?.id && { replyId: first.id }) };
}

function optionOf({ options }: Pending, part: string) {
  const same = options.find(({ title }) => title.trim().toLowerCase() === part.toLowerCase());
  if (same) return same;
  return /^\d{1,3}[.)]?$/.test(part) ? options[Number.parseInt(part, 10) - 1] : undefined;
}
