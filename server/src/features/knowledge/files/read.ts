import { assertModest } from './archive.ts';
import { decode } from './decode.ts';
import { textOfHtml } from './html-text.ts';
import type { FileKind } from './kind.ts';
import { textOfPdf } from './pdf-text.ts';
import { tableOf } from './table.ts';

/** The text of a file. Libraries are loaded when they are first needed. @throws Error when it can't be read */
export async function readText(kind: FileKind, bytes: Uint8Array): Promise<string> {
  if (kind === 'pdf') return textOfPdf(bytes);
  if (kind === 'docx') return textOfDocx(bytes);
  const text = decode(bytes);
  return kind === 'csv' ? tableOf(text) : text;
}

async function textOfDocx(bytes: Uint8Array): Promise<string> {
  assertModest(bytes);
  const { default: mammoth } = await import('mammoth');
  const { withoutHidden } = await import('./hidden.ts');
  const none = mammoth.images.imgElement(async () => ({ src: '' }));
  const { value } = await mammoth.convertToHtml(
    { buffer: await withoutHidden(bytes) },
    { convertImage: none },
  );
  return textOfHtml(value);
}
