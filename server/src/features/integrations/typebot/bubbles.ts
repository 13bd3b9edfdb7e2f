import { field, listIn, stringIn } from '../call.ts';
import { richTextOf } from './rich-text.ts';

/** One message that a bot says. */
export interface Saying {
  type: 'text' | 'image' | 'video' | 'audio' | 'poll';
  /** Of `POST /messages/<type>`. */
  fields: Record<string, unknown>;
  /** What is said instead when its file can't be had. */
  instead?: string;
}

const bubblesMax = 50;
const urlLengthMax = 4_096;
const embeds: Record<string, (id: string) => string> = {
  youtube: (id) => `https://www.youtube.com/watch?v=${id}`,
  vimeo: (id) => `https://vimeo.com/${id}`,
  tiktok: (id) => `https://www.tiktok.com/embed/v2/${id}`,
  gumlet: (id) => `https://play.gumlet.io/embed/${id}`,
};

export const textSaying = (text: string): Saying[] =>
  text.trim() === '' ? [] : [{ type: 'text', fields: { text, linkPreview: false } }];

/** What a reply says, bubble by bubble: https://docs.typebot.io/api-reference/chat/continue-chat. */
export function sayingsOf(reply: unknown): Saying[] {
  const bubbles = listIn(reply, 'messages').slice(0, bubblesMax).flatMap(sayingOf);
  return [...bubbles, ...listIn(reply, 'clientSideActions').slice(0, bubblesMax).flatMap(actionOf)];
}

function sayingOf(bubble: unknown): Saying[] {
  const content = field(bubble, 'content');
  const url = webUrl(stringIn(content, 'url'));
  switch (stringIn(bubble, 'type')) {
    case 'text':
      return textSaying(richTextOf(content));
    case 'image':
      return fileSaying('image', url);
    case 'audio':
      return fileSaying('audio', url);
    case 'video':
      return videoOf(content, url);
    case 'embed':
    case 'custom-embed':
      return url ? textSaying(url) : [];
    default:
      return [];
  }
}

function videoOf(content: unknown, url: string | undefined): Saying[] {
  const type = stringIn(content, 'type') ?? 'url';
  const id = stringIn(content, 'id');
  const embed = Object.hasOwn(embeds, type) ? embeds[type] : undefined;
  if (embed && id && /^[\w/-]{1,200}$/.test(id)) return textSaying(embed(id));
  return type === 'url' ? fileSaying('video', url) : textSaying(url ?? '');
}

function fileSaying(type: 'image' | 'video' | 'audio', url: string | undefined): Saying[] {
  return url ? [{ type, fields: { url }, instead: url }] : [];
}

/** Only a redirection means something to a person; scripts, pixels and waits are for browsers. */
function actionOf(action: unknown): Saying[] {
  if (stringIn(action, 'type') !== 'redirect') return [];
  return textSaying(webUrl(stringIn(field(action, 'redirect'), 'url')) ?? '');
}

/** Whether a reply waits for what only a browser can do: nobody would ever answer. */
export function needsBrowser(reply: unknown): boolean {
  return listIn(reply, 'clientSideActions').some((action) => field(action, 'expectsDedicatedReply') === true);
}

/** Nothing but the web is linked to. */
export function webUrl(text: string | undefined): string | undefined {
  if (text === undefined || text.length > urlLengthMax || !URL.canParse(text)) return undefined;
  return /^https?:$/.test(new URL(text).protocol) ? text : undefined;
}
