import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Step {
  messages?: unknown[];
  input?: unknown;
  clientSideActions?: unknown[];
}

/** A bubble of words, as the API tells it. */
export const bubble = (text: string) => ({
  id: `b-${text.slice(0, 8)}`,
  type: 'text',
  content: { type: 'richText', richText: [{ type: 'p', children: [{ text }] }] },
});

/**
 * The chat API of a Typebot on loopback: each session walks through `steps`. Its two routes follow
 * https://docs.typebot.io/api-reference/chat/start-chat and https://docs.typebot.io/api-reference/chat/continue-chat.
 */
export async function startTypebot() {
  const sessions = new Map<string, number>();
  const typebot = {
    url: '',
    steps: [{ messages: [bubble('Hello')], input: { id: 'i', type: 'text input' } }] as Step[],
    /** What was answered, session by session. */
    heard: [] as { session: string; message: Record<string, unknown> }[],
    started: [] as Record<string, unknown>[],
    fault: undefined as undefined | 'hang' | 'html' | 'error',
    forget: () => sessions.clear(),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString() || '{}');
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const { fault } = typebot;
    typebot.fault = undefined;
    if (fault === 'hang') return;
    if (fault === 'html') return response.writeHead(200).end('<html>Sign in</html>');
    if (fault === 'error')
      return json(500, { message: 'Internal server error', code: 'INTERNAL_SERVER_ERROR' });
    const [, bot] = /\/api\/v1\/typebots\/([^/]+)\/startChat$/.exec(request.url ?? '') ?? [];
    const [, session] = /\/api\/v1\/sessions\/([^/]+)\/continueChat$/.exec(request.url ?? '') ?? [];
    if (bot !== undefined) {
      if (bot !== 'bakery') return json(404, { message: 'Typebot not found', code: 'NOT_FOUND' });
      const sessionId = crypto.randomUUID();
      const start = { sessionId, typebot: { id: 't', theme: {}, settings: {} } };
      if (body.isOnlyRegistering) return json(200, { ...start, messages: [] });
      typebot.started.push(body.prefilledVariables);
      sessions.set(sessionId, 0);
      return json(200, { ...start, messages: [], ...typebot.steps[0] });
    }
    const at = sessions.get(session ?? '');
    if (session === undefined || at === undefined)
      return json(404, { message: 'Session expired.', code: 'NOT_FOUND' });
    typebot.heard.push({ session, message: body.message });
    sessions.set(session, at + 1);
    return json(200, { messages: [], ...typebot.steps[at + 1] });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  typebot.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return typebot;
}

export type LocalTypebot = Awaited<ReturnType<typeof startTypebot>>;
