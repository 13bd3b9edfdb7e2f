import { conversations } from '../test/evaluation/conversations.ts';
import { evaluationDocuments, recallOf } from '../test/evaluation/evaluation.ts';
import { answered, mistyped, unanswerable } from '../test/evaluation/questions.ts';

/**
 * How well a running server answers with the language model that is configured there: `npm run eval:ai -- URL KEY`, with a
 * key that may make profiles, manage knowledge, use AI and read settings. It makes a profile, asks and deletes it. Costs money.
 */
const [url = 'http://localhost:3000', key = process.env.MULTIWA_API_KEY ?? ''] = process.argv.slice(2);

async function call(method: string, path: string, body?: object): Promise<any> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'x-api-key': key, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const read: any = await answer.json();
    const waitSeconds = Number(answer.headers.get('retry-after') ?? 0);
    if (answer.status === 429 && waitSeconds <= 60) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, waitSeconds) * 1_000));
      continue;
    }
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${read.message}`);
    return read.data ?? read;
  }
}

const status = await call('GET', '/ai/status');
if (!status.configured) throw new Error('No language model is configured there: PUT /settings/ai.');
const profile = await call('POST', '/profiles', { name: 'Evaluation', engine: 'sandbox' });
const profileId: string = profile.id;
try {
  for (const document of evaluationDocuments())
    await call('POST', `/ai/knowledge/${profileId}/text`, document);
  const find = (query: string) => call('POST', `/ai/knowledge/${profileId}/search`, { query, maxResults: 5 });
  const [found, typed] = [await recallOf(answered, find), await recallOf(mistyped, find)];
  const before = status.usage.month;
  const counts = { answers: 0, handoffs: 0, refusals: 0, notGrounded: 0, rightDocument: 0 };
  const faults: string[] = [];
  for (const { asks, document } of answered) {
    const reply = await call('POST', '/ai/auto-reply', { message: asks, profileId });
    if (reply.action === 'answer') counts.answers++;
    else if (reply.action === 'handoff') counts.handoffs++;
    else counts.refusals++;
    if (reply.citations.some(({ documentName }: any) => documentName === document)) counts.rightDocument++;
    if (reply.reason === 'NOT_GROUNDED') {
      counts.notGrounded++;
      faults.push(`${asks}: ${(reply.warnings ?? []).join('; ')}`);
    }
  }
  let refused = 0;
  const madeUp: string[] = [];
  for (const message of unanswerable) {
    const reply = await call('POST', '/ai/auto-reply', { message, profileId });
    if (reply.action === 'answer') madeUp.push(`${message}: ${reply.content}`);
    else refused++;
  }
  const right = { answer: 0, refuse: 0, handoff: 0 };
  const strayed: string[] = [];
  for (const { turns, wants, document, says } of conversations) {
    const message = turns.at(-1) ?? '';
    const body = { message, previousMessages: turns.slice(0, -1), profileId };
    const reply = await call('POST', '/ai/auto-reply', body);
    const isRight =
      reply.action === wants &&
      (wants !== 'answer' ||
        (reply.content.includes(says) &&
          reply.citations.some(({ documentName }: any) => documentName === document)));
    if (isRight) right[wants]++;
    else strayed.push(`${turns.join(' / ')}: ${reply.action} ${reply.content}`);
  }
  const share = (of: keyof typeof right) =>
    `${right[of]} of ${conversations.filter(({ wants }) => wants === of).length}`;
  const { tokens, cost } = (await call('GET', '/ai/status')).usage.month;
  console.log(
    `model                   ${status.model}, ${status.embeddings ? 'words and vectors' : 'words only'}`,
  );
  console.log(
    `recall@5                ${found.recall.toFixed(3)}, with typing errors ${typed.recall.toFixed(3)}`,
  );
  console.log(
    `answerable              ${answered.length}: ${counts.answers} answered (${counts.rightDocument} citing the right document), ` +
      `${counts.refusals} refused, ${counts.handoffs} handed over`,
  );
  console.log(`unsupported statements  ${counts.notGrounded} answers were held back`);
  console.log(`unanswerable            ${unanswerable.length}: ${refused} refused or handed over`);
  console.log(
    `conversations           ${conversations.length}: answered ${share('answer')}, refused ${share('refuse')}, ` +
      `handed over ${share('handoff')}`,
  );
  console.log(`tokens                  ${tokens - before.tokens}, cost ${(cost - before.cost).toFixed(4)}`);
  for (const one of [...faults, ...madeUp, ...strayed]) console.log(`  - ${one}`);
} finally {
  await call('DELETE', `/profiles/${profileId}`);
}
