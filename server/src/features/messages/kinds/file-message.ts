import { replaced } from './edit.ts';
import type { Content, MessageKind } from './kind.ts';

/** Fields of a request that only a file has. */
export const ownFields: NonNullable<MessageKind['ownFields']> = {
  of: 'a file',
  names: ['url', 'base64', 'mediaId', 'caption', 'mimetype', 'filename', 'ptt', 'viewOnce', 'shape'],
};

export const captionOf = ({ caption }: Content): string => (typeof caption === 'string' ? caption : '');

const ofCaption = ['caption', 'mentions', 'mentionsAll'];

/** A file gets another caption, which phones may send as a text; it stays the file it was. */
export function captionEdited(type: string) {
  return (original: Content, { type: editType, ...edit }: Content): Content | undefined => {
    if (editType === type) return replaced(original, edit, ofCaption);
    return editType === 'text' ? replaced(original, { ...edit, caption: edit.text }, ofCaption) : undefined;
  };
}
