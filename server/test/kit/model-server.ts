import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message as `POST /v1/chat/completions` takes it (API reference, "Chat": request fields `model`, `messages`, …). */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string | { type: 'text'; text: string }[];
}
export interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  max_tokens?: number;
  temperature?: number;
  response_format?: {
    type: 'text' | 'json_object' | 'json_schema';
    json_schema?: { name: string; schema: object };
  };
  tools?: unknown;
}
export interface EmbeddingRequest {
  model: string;
  input: string | string[];
}
export interface Asked {
  path: string;
  authorization: string | undefined;
  chat: ChatRequest;
  embedding: EmbeddingRequest;
}

/** What the server does with a question instead of answering a text. */
export type Misbehaviour =
  /** Nothing, ever. */
  | { does: 'hang' }
  /** The head, a piece of a body, and nothing more. */
  | { does: 'stall' }
  /** A body that never ends. */
  | { does: 'endless' }
  | { does: 'html' }
  /** Half an answer, and the connection is gone. */
  | { does: 'cut' }
  | { does: 'drop' }
  /** Status with an error object; `retryAfter` in seconds. */
  | { does: 'error'; status: number; message?: string; retryAfter?: number }
  | { does: 'redirect'; to: string }
  /** An answer of these parts; without usage where it is null, or with whatever number it is lied. */
  | {
      does: 'answer';
      text: string | null;
      usage?: null | { prompt: number; completion: number };
      finish?: string;
      afterMs?: number;
    };

/** A text, an object (answered as its JSON), or whatever else it does. */
export type Scripted = string | Misbehaviour | { json: unknown };
type Script = Scripted | ((asked: Asked) => Scripted | Promise<Scripted>);

export interface ModelServer {
  /** As it is set: ends in `/v1`. */
  readonly url: string;
  /** In the order they came. */
  readonly asked: Asked[];
  /** What the next chat questions are answered; `once` goes before it, in order. Echo of the last message unless said. */
  answer: Script;
  once(...scripts: Script[]): void;
  /** What questions for vectors are answered instead of vectors. */
  embeddings: Script | undefined;
  /** How it takes `response_format`. */
  takes: 'schema' | 'object' | 'text';
  /** How many questions are under way, and were at most. */
  readonly load: { now: number; most: number };
  reset(): void;
  close(): Promise<void>;
}

const dimensions = 256;

/** The words of a message. */
export const textOf = ({ content }: ChatMessage): string =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('');

/** The text of the system message, and of the last one. */
export function wordsOf({ messages }: ChatRequest): { system: string; last: string } {
  const last = messages.at(-1);
  return {
    system: messages
      .filter(({ role }) => role === 'system')
      .map(textOf)
      .join('\n'),
    last: last ? textOf(last) : '',
  };
}

/** An OpenAI-compatible server on loopback (chat completions, embeddings, models) whose answers a test decides. */
export async function startModelServer(): Promise<ModelServer> {
  const queue: Script[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const path = request.url ?? '';
    const asked = {
      path,
      authorization: request.headers.authorization,
      chat: body,
      embedding: body,
    } as Asked;
    models.asked.push(asked);
    models.load.now++;
    models.load.most = Math.max(models.load.most, models.load.now);
    response.on('close', () => models.load.now--);
    // The model list (API reference, "Models": `object`, `data[].id`).
    if (path.endsWith('/models')) {
      return void send(response, 200, { object: 'list', data: [{ id: 'small', object: 'model' }] });
    }
    if (path.endsWith('/embeddings')) {
      const script = models.embeddings;
      if (script !== undefined) return perform(response, asked, await read(script, asked));
      return void send(response, 200, vectorsFor(asked.embedding));
    }
    if (!path.endsWith('/chat/completions')) return void send(response, 404, fault('There is nothing here.'));
    const format = asked.chat.response_format?.type;
    const isTaken =
      !format ||
      format === 'text' ||
      models.takes === 'schema' ||
      (models.takes === 'object' && format === 'json_object');
    if (!isTaken)
      return void send(response, 400, fault(`'response_format' of type '${format}' is not supported`));
    perform(response, asked, await read(queue.shift() ?? models.answer, asked));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const read = async (script: Script, asked: Asked) =>
    typeof script === 'function' ? script(asked) : script;

  function perform(response: ServerResponse, asked: Asked, scripted: Scripted): void {
    const does: Misbehaviour =
      typeof scripted === 'string'
        ? { does: 'answer', text: scripted }
        : 'json' in scripted
          ? { does: 'answer', text: JSON.stringify(scripted.json) }
          : scripted;
    if (does.does === 'hang') return;
    if (does.does === 'drop') return void response.destroy();
    if (does.does === 'redirect') return void response.writeHead(302, { location: does.to }).end();
    if (does.does === 'html') {
      return void response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html><body>Welcome to nginx</body></html>');
    }
    if (does.does === 'error') {
      const headers = does.retryAfter === undefined ? {} : { 'retry-after': String(does.retryAfter) };
      return void send(response, does.status, fault(does.message ?? 'Something is wrong.'), headers);
    }
    if (does.does === 'stall' || does.does === 'endless') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"id":"1","choices":[{"message":{"role":"assistant","content":"');
      if (does.does === 'endless') pour(response);
      return;
    }
    if (does.does === 'cut') {
      const whole = JSON.stringify(completion(asked.chat, 'half an answer', undefined, 'stop'));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(whole.length) });
      response.write(whole.slice(0, whole.length / 2));
      const timer = setTimeout(() => response.destroy(), 20);
      timers.add(timer);
      return;
    }
    const { text, usage, finish = 'stop', afterMs = 0 } = does;
    const timer = setTimeout(() => {
      send(response, 200, completion(asked.chat, text, usage, finish));
    }, afterMs);
    timers.add(timer);
  }

  const echo: Script = ({ chat }) => `You said: ${wordsOf(chat).last}`;
  const models: ModelServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: [],
    answer: echo,
    once: (...scripts) => void queue.push(...scripts),
    embeddings: undefined,
    takes: 'schema',
    load: { now: 0, most: 0 },
    reset() {
      queue.length = 0;
      models.asked.length = 0;
      models.answer = echo;
      models.embeddings = undefined;
      models.takes = 'schema';
      models.load.most = 0;
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return models;
}

async function bodyOf(request: IncomingMessage): Promise<any> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8') || '{}');
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** The error object (API reference, "Errors"). */
const fault = (message: string) => ({
  error: { message, type: 'invalid_request_error', param: null, code: null },
});

/** The chat completion object: `choices[].message`, `finish_reason`, `usage`. */
function completion(
  { model, messages }: ChatRequest,
  text: string | null,
  usage: null | undefined | { prompt: number; completion: number },
  finish: string,
) {
  const counted = usage ?? {
    prompt: Math.ceil(messages.map(textOf).join('').length / 4),
    completion: Math.ceil((text?.length ?? 0) / 4),
  };
  return {
    ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1_770_000_000, model },
    choices: [
      { index: 0, message: { role: 'assistant', content: text, refusal: null }, finish_reason: finish },
    ],
    ...(usage !== null && {
      usage: {
        ...{ prompt_tokens: counted.prompt, completion_tokens: counted.completion },
        total_tokens: counted.prompt + counted.completion,
      },
    }),
  };
}

/** The embedding objects: `data[].embedding` in the order of `input`. Texts that share letters point in like directions. */
function vectorsFor({ model, input }: EmbeddingRequest) {
  const texts = [input].flat();
  return {
    ...{ object: 'list', model, usage: { prompt_tokens: texts.length * 4, total_tokens: texts.length * 4 } },
    data: texts.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) })),
  };
}

/** Counts of hashed groups of three letters. */
function vectorOf(text: string): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  const letters = [...` ${text.normalize('NFKC').toLowerCase()} `];
  for (let at = 0; at + 2 < letters.length; at++) {
    let hash = 2_166_136_261;
    for (const letter of letters.slice(at, at + 3))
      hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
    const place = (hash >>> 0) % dimensions;
    vector[place] = (vector[place] ?? 0) + 1;
  }
  vector[0] = (vector[0] ?? 0) + 0.01;
  return vector;
}

/** Writes on and on, as fast as it is read. */
function pour(response: ServerResponse): void {
  const piece = 'a'.repeat(65_536);
  const more = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more);
  more();
}
