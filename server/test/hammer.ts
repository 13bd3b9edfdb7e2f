import { Agent, type ClientRequest, type IncomingMessage, request as openRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from './until.ts';

/** What became of one request: its status, or the error it met; `refused` when nobody listens any more. */
export async function ask(
  url: string,
  how: { agent?: Agent | false; method?: string; headers?: Record<string, string>; body?: string },
): Promise<number | string> {
  const sent: ClientRequest = openRequest(url, {
    agent: how.agent,
    method: how.method ?? 'GET',
    headers: { ...how.headers, ...(how.body && { 'content-type': 'application/json' }) },
  });
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const where = sent.reusedSocket ? 'a kept connection' : 'a new connection';
      const outcome = error.code === 'ECONNREFUSED' ? 'refused' : `${error.code} on ${where}`;
      resolve(outcome);
    };
    sent.once('error', fail);
    sent.once('response', (answer: IncomingMessage) => {
      answer.once('error', fail);
      answer.resume().once('end', () => {
        resolve(answer.complete ? (answer.statusCode ?? 0) : 'cut');
      });
    });
    sent.end(how.body);
  });
}

export interface Seen {
  outcomes: Map<number | string, number>;
  /** Answers of 201. */
  created: number;
}

/**
 * Clients that send as soon as they are answered, or a few milliseconds later, until nobody listens; all keep their
 * connection, but each `newEvery`th makes a new one for every request. `served` resolves after so many answers.
 */
export function hammer(
  url: string,
  headers: Record<string, string>,
  { clients, newEvery = Number.POSITIVE_INFINITY }: { clients: number; newEvery?: number },
): { served(answers: number): Promise<unknown>; end: Promise<Seen> } {
  const seen: Seen = { outcomes: new Map(), created: 0 };
  let answers = 0;
  async function run(n: number): Promise<void> {
    const agent = n % newEvery === newEvery - 1 ? false : new Agent({ keepAlive: true, maxSockets: 1 });
    for (let count = 0; ; count++) {
      const creates = (n + count) % 5 === 0;
      const outcome = await ask(`${url}/api/v1/${creates ? 'workspaces' : 'auth/me'}`, {
        agent,
        headers,
        ...(creates && { method: 'POST', body: JSON.stringify({ name: `Branch ${n} ${count}` }) }),
      });
      seen.outcomes.set(outcome, (seen.outcomes.get(outcome) ?? 0) + 1);
      if (outcome === 201) seen.created++;
      if (typeof outcome === 'string') break;
      answers++;
      if (n % 2 === 0) await pause(n);
    }
    if (agent) agent.destroy();
  }
  const running = Promise.all(Array.from({ length: clients }, (_, n) => run(n)));
  return {
    served: (wanted) => until(`${wanted} answers`, () => answers >= wanted, 30_000),
    end: running.then(() => seen),
  };
}
