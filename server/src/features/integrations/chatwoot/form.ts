import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';

export interface FilePart {
  filename: string;
  mimetype: string;
  bytes: number;
  stream: Readable;
}

/** A form with a file (RFC 7578), streamed: the file is never whole in memory. */
export function createForm(fields: Record<string, string>, file: FilePart & { name: string }) {
  const boundary = `multiwa-${randomBytes(16).toString('hex')}`;
  const head = Object.entries(fields)
    .map(([name, value]) => `--${boundary}\r\n${disposition(name)}\r\n\r\n${value}\r\n`)
    .join('');
  const fileHead = `--${boundary}\r\n${disposition(file.name, file.filename)}\r\ncontent-type: ${file.mimetype}\r\n\r\n`;
  const before = Buffer.from(head + fileHead);
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* parts() {
    yield before;
    yield* file.stream as AsyncIterable<Buffer>;
    yield after;
  }
  const body = Readable.from(parts(), { objectMode: false });
  body.on('close', () => file.stream.destroy());
  return {
    body,
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(before.length + file.bytes + after.length),
    },
  };
}

/** As browsers write names: what could end the header or the quotes is escaped. */
function disposition(name: string, filename?: string): string {
  const quoted = (text: string) =>
    text.replaceAll(/["\r\n]/g, (sign) => encodeURIComponent(sign)).replaceAll(/\p{Cc}/gu, ' ');
  const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`;
  return `content-disposition: form-data; name="${quoted(name)}"${file}`;
}
