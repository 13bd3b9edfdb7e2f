import { field, listIn, stringIn } from '../call.ts';

/** A tree that goes deeper, or says more, is cut: it comes from a server that may be anybody's. */
const depthMax = 20;
const lengthMax = 30_000;
const marks: readonly (readonly [name: string, sign: string])[] = [
  ['code', '`'],
  ['bold', '*'],
  ['italic', '_'],
  ['strikethrough', '~'],
];
const blocks = ['p', 'ul', 'ol', 'li', 'blockquote', 'h1', 'h2', 'h3', 'variable', 'lic'];

/** The rich text of a bubble with the marks of WhatsApp: https://docs.typebot.io/editor/blocks/bubbles/text. */
export function richTextOf(content: unknown): string {
  const markdown = stringIn(content, 'markdown');
  if (markdown !== undefined) return markdown.slice(0, lengthMax).trim();
  const budget = { left: lengthMax };
  const lines = listIn(content, 'richText').map((element) => blockOf(element, 0, budget));
  return lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

function blockOf(element: unknown, depth: number, budget: { left: number }): string {
  const type = stringIn(element, 'type') ?? 'p';
  if (depth > depthMax || budget.left <= 0) return '';
  if (type === 'ul' || type === 'ol') {
    return listIn(element, 'children')
      .map((item, index) => `${type === 'ul' ? '-' : `${index + 1}.`} ${inside(item, depth + 1, budget)}`)
      .join('\n');
  }
  const text = inside(element, depth + 1, budget);
  if (type === 'blockquote') return `> ${text}`;
  return /^h[1-6]$/.test(type) && text !== '' ? `*${text}*` : text;
}

/** What stands in an element: words side by side, blocks below each other. */
function inside(element: unknown, depth: number, budget: { left: number }): string {
  if (depth > depthMax || budget.left <= 0) return '';
  const parts = listIn(element, 'children').map((child) => {
    const text = field(child, 'text');
    if (typeof text === 'string') return { text: marked(child, text, budget), isBlock: false };
    const isBlock = blocks.includes(stringIn(child, 'type') ?? '');
    if (stringIn(child, 'type') === 'a') return { text: linkOf(child, depth + 1, budget), isBlock };
    return { text: isBlock ? blockOf(child, depth + 1, budget) : inside(child, depth + 1, budget), isBlock };
  });
  return parts.map(({ text, isBlock }, index) => (isBlock && index > 0 ? `\n${text}` : text)).join('');
}

function linkOf(element: unknown, depth: number, budget: { left: number }): string {
  const words = inside(element, depth, budget);
  const url = stringIn(element, 'url') ?? '';
  return url === '' || words.includes(url) ? words : `${words} (${url})`.trim();
}

/** Marks count on phones only where they touch the words. */
function marked(leaf: unknown, given: string, budget: { left: number }): string {
  const text = given.slice(0, budget.left);
  budget.left -= text.length;
  const words = text.trim();
  if (words === '') return text;
  const signs = marks.filter(([name]) => field(leaf, name) === true).map(([, sign]) => sign);
  const around = signs.reduce((inner, sign) => `${sign}${inner}${sign}`, words);
  const start = text.indexOf(words);
  return text.slice(0, start) + around + text.slice(start + words.length);
}
