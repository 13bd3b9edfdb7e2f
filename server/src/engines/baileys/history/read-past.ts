import { pipeline } from 'node:stream/promises';
import { createInflate } from 'node:zlib';

/** Longer fields are left out: no message is, and no list of settings. */
const fieldBytesMax = 4 * 1024 * 1024;
const settingBytesMax = 65_536;
const conversationsField = 2;
const messagesField = 2;
const tagBytesMax = 20;

/** What a HistorySync of WhatsApp contains, in its order; chats are numbered from 0. */
export type PastField =
  | { is: 'message'; chat: number; bytes: Buffer }
  /** The chat without its messages, after the last of them. */
  | { is: 'chat'; chat: number; bytes: Buffer }
  | { is: 'other'; field: number; bytes: Buffer };

/**
 * Reads a HistorySync as it comes, field by field: never more of it is in memory than one message. Decoding one whole, as
 * the library does, takes a multiple of its size and stops everything else meanwhile.
 * @throws RangeError when it is not one, or ends too early
 */
export async function* readPast(
  source: AsyncIterable<Buffer>,
  want: { messages: boolean },
): AsyncGenerator<PastField> {
  const input = createInput(source);
  for (let chat = 0; await input.has(1); ) {
    const { field, wireType } = await tagFrom(input);
    if (wireType !== 2) {
      await skipValue(input, wireType);
      continue;
    }
    const length = await input.varint();
    if (field === conversationsField) {
      yield* readChat(input, chat, input.position() + length, want.messages);
      chat += 1;
    } else if (length <= settingBytesMax) yield { is: 'other', field, bytes: await input.take(length) };
    else await input.skip(length);
  }
}

async function* readChat(
  input: Input,
  chat: number,
  end: number,
  wantsMessages: boolean,
): AsyncGenerator<PastField> {
  const settings: Buffer[] = [];
  while (input.position() < end) {
    const begin = input.position();
    const { field, wireType, raw } = await tagFrom(input);
    if (wireType !== 2) {
      const value = await skipValue(input, wireType);
      settings.push(raw, value);
      continue;
    }
    const length = await input.varint();
    if (input.position() + length > end || length < 0)
      throw new RangeError(`a field at ${begin} is too long`);
    if (field === messagesField) {
      if (wantsMessages && length <= fieldBytesMax) {
        yield { is: 'message', chat, bytes: await input.take(length) };
      } else await input.skip(length);
    } else if (length <= settingBytesMax) settings.push(raw, varintOf(length), await input.take(length));
    else await input.skip(length);
  }
  yield { is: 'chat', chat, bytes: Buffer.concat(settings) };
}

async function tagFrom(input: Input) {
  const tag = await input.varint();
  return { field: tag >>> 3, wireType: tag & 7, raw: varintOf(tag) };
}

/** Answers the value as it stands there. */
async function skipValue(input: Input, wireType: number): Promise<Buffer> {
  if (wireType === 0) return input.rawVarint();
  if (wireType === 1) return input.take(8);
  if (wireType === 5) return input.take(4);
  throw new RangeError(`wire type ${wireType} is none`);
}

function varintOf(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

type Input = ReturnType<typeof createInput>;

function createInput(source: AsyncIterable<Buffer>) {
  const chunks = source[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);
  let at = 0;
  let passed = 0;

  /** Whether so many bytes are there. */
  async function has(count: number): Promise<boolean> {
    if (buffer.length - at >= count) return true;
    const parts = [buffer.subarray(at)];
    let length = buffer.length - at;
    passed += at;
    at = 0;
    while (length < count) {
      const { value, done } = await chunks.next();
      if (done) break;
      parts.push(value);
      length += value.length;
    }
    buffer = Buffer.concat(parts);
    return length >= count;
  }

  async function take(count: number): Promise<Buffer> {
    if (!(await has(count))) throw new RangeError('the past ends in the middle of a field');
    const bytes = Buffer.from(buffer.subarray(at, at + count));
    at += count;
    return bytes;
  }

  async function rawVarint(): Promise<Buffer> {
    await has(tagBytesMax);
    const end = buffer.subarray(at, at + tagBytesMax).findIndex((byte) => byte < 128);
    if (end < 0) throw new RangeError('a number has no end');
    return take(end + 1);
  }

  return {
    has,
    take,
    rawVarint,
    position: () => passed + at,
    async varint(): Promise<number> {
      return (await rawVarint()).reduceRight((value, byte) => value * 128 + (byte & 127), 0);
    },
    async skip(count: number): Promise<void> {
      for (let left = count; left > 0; ) {
        if (!(await has(1))) throw new RangeError('the past ends in the middle of a field');
        const some = Math.min(left, buffer.length - at);
        at += some;
        left -= some;
      }
    },
  };
}

/** Inflates what was deflated, as it is read. @throws RangeError when it becomes longer than `bytesMax` */
export async function* inflated(source: AsyncIterable<Buffer>, bytesMax: number): AsyncGenerator<Buffer> {
  const inflate = createInflate();
  // Its failure ends the stream, and so the loop.
  void pipeline(source, inflate).catch(() => undefined);
  let bytes = 0;
  for await (const chunk of inflate as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new RangeError('the past is longer than any');
    yield chunk;
  }
}
