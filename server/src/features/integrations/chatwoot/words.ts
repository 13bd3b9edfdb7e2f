import { localPart, phoneOf, storedChat } from '../../../platform/chat-id.ts';
import { field, listIn, stringIn } from '../call.ts';

/** What a message says, of what Chatwoot needs to show it. */
export interface Said {
  type: string;
  content: Record<string, unknown>;
}

/** The kinds that are a file. */
export const fileTypes = ['image', 'video', 'audio', 'voice', 'document', 'sticker'];
/** Chatwoot refuses more. */
const lengthMax = 100_000;

/** What stands at Chatwoot of a message, beside its file. */
export function wordsFor({ type, content }: Said): string {
  return wordsOf(type, content).slice(0, lengthMax);
}

function wordsOf(type: string, content: Record<string, unknown>): string {
  const words = toMarkdown(stringIn(content, 'text') ?? stringIn(content, 'caption') ?? '');
  if (words !== '') return words;
  if (fileTypes.includes(type)) return missingFile(type, content);
  if (type === 'location') return placeOf(content);
  if (type === 'contact') return cardsOf(content);
  if (type === 'poll') {
    const options = listIn(content, 'options').map((option) => `- ${String(option)}`);
    return [stringIn(content, 'question') ?? 'Poll', ...options].join('\n');
  }
  return `[${type}]`;
}

/** Of a file that is there the file itself is enough. */
function missingFile(type: string, content: Record<string, unknown>): string {
  const media = field(content, 'media');
  if (field(media, 'state') === 'stored') return '';
  return `[${type}: ${stringIn(media, 'reason') ?? 'the file can’t be had'}]`;
}

function placeOf(content: Record<string, unknown>): string {
  const [latitude, longitude] = [field(content, 'latitude'), field(content, 'longitude')];
  const named = [stringIn(content, 'name'), stringIn(content, 'address')].filter((part) => part);
  return [...named, `https://www.google.com/maps?q=${String(latitude)},${String(longitude)}`].join('\n');
}

function cardsOf(content: Record<string, unknown>): string {
  const cards = listIn(content, 'contacts').map((card) => {
    const phones = listIn(card, 'phones').map((phone) => String(stringIn(phone, 'number') ?? phone));
    return [stringIn(card, 'name') ?? 'Contact', ...phones].join(' ');
  });
  return cards.length > 0 ? cards.join('\n') : '[contact]';
}

/** Marks of WhatsApp as Markdown, which Chatwoot shows. */
export function toMarkdown(text: string): string {
  return text
    .replaceAll(/(?<![\w*])\*([^*\n]{1,2000})\*(?![\w*])/g, '**$1**')
    .replaceAll(/(?<![\w_])_([^_\n]{1,2000})_(?![\w_])/g, '*$1*')
    .replaceAll(/(?<![\w~])~([^~\n]{1,2000})~(?![\w~])/g, '~~$1~~');
}

/** Markdown of agents as marks of WhatsApp. */
export function fromMarkdown(text: string): string {
  return text
    .replaceAll(/\*\*([^*\n]{1,2000})\*\*/g, '\u0001$1\u0001')
    .replaceAll(/(?<![\w*])\*([^*\n]{1,2000})\*(?![\w*])/g, '_$1_')
    .replaceAll('\u0001', '*')
    .replaceAll(/~~([^~\n]{1,2000})~~/g, '~$1~')
    .replaceAll(/\\([*_~`>#.!()[\]-])/g, '$1');
}

/** Who says it, in a group: its members are no contacts at Chatwoot. */
export function speaker({
  senderName,
  senderJid,
}: {
  senderName: string | null;
  senderJid: string | null;
}): string {
  const phone = senderJid === null ? undefined : phoneOf(storedChat(senderJid));
  const number = phone ? `+${phone}` : senderJid === null ? '' : localPart(storedChat(senderJid));
  return `**${[senderName, number].filter((part) => part).join(' · ') || 'Somebody'}:**`;
}
