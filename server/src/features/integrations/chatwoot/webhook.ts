import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import type { JobQueue } from '../../../platform/jobs/jobs.ts';
import { parseJsonText } from '../../../platform/json-text.ts';
import { field, idIn, listIn, stringIn } from '../call.ts';
import { workChatwoot } from '../integrations.jobs.ts';
import type { EffectiveSettings } from '../settings/effective.ts';
import type { TaskStore } from '../tasks/tasks.store.ts';
import type { ChatwootLinks } from './links.store.ts';
import type { ChatwootSettings } from './settings.ts';
import { sourcePrefix } from './tell.ts';

/** What an agent wrote, or took back, of what is needed to send it. */
export interface Reply extends Record<string, unknown> {
  id: number;
  conversationId: number;
  inboxId: string;
  content: string;
  sender: string | null;
  inReplyTo: number | null;
  contactId: number | null;
  phone: string | null;
  identifier: string | null;
  files: ReplyFile[];
}
export interface ReplyFile {
  type: string;
  url: string;
  latitude?: number;
  longitude?: number;
}

interface Posted {
  token: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  raw: Buffer;
}

const contentLengthMax = 65_536;
const filesMax = 20;
const toleranceSeconds = 600;
/** By its name, or by the number that it has in other answers. */
const fromAgents = ['outgoing', 'template', '1', '3'];

/**
 * Takes in what Chatwoot posts: https://www.chatwoot.com/hc/user-guide/articles/1677693021-how-to-use-webhooks. It waits
 * five seconds for an answer, so what is to be done is only written down.
 */
export function createChatwootWebhook(deps: {
  db: Db;
  clock: Clock;
  jobs: JobQueue;
  effective: EffectiveSettings;
  links: ChatwootLinks;
  tasks: TaskStore;
}) {
  const { db, clock } = deps;

  /** @throws Failure INTEGRATION_NOT_FOUND, HOOK_SIGNATURE_INVALID, MALFORMED_JSON */
  return async ({ token, headers, raw }: Posted): Promise<{ received: boolean; taken: boolean }> => {
    const organizationId = deps.effective.organizationOfToken(token);
    const found = organizationId ? await deps.effective.of(organizationId, 'chatwoot') : undefined;
    const settings = found?.settings;
    if (!organizationId || !settings) throw new Failure('INTEGRATION_NOT_FOUND');
    if (settings.webhookSecret !== null) assertSigned(settings.webhookSecret, headers, raw, clock.now());
    const read = settings.enabled ? readEvent(parseJsonText(raw), settings) : undefined;
    if (!read) return { received: true, taken: false };
    const { task, reply } = read;
    await inTransaction(db, async (tx) => {
      const link = await deps.links.ofConversationThere(tx, organizationId, reply.conversationId);
      // In the line of the conversation: what we are just telling Chatwoot comes back behind it.
      const lane = link?.conversation_id ?? `chatwoot ${reply.conversationId}`;
      const now = clock.now();
      await deps.tasks.add(tx, [
        {
          ...{ organization_id: organizationId, kind: 'chatwoot', profile_id: link?.profile_id ?? null },
          ...{ lane, task, payload: reply, due_at: now, created_at: now },
        },
      ]);
      await deps.jobs.enqueue(tx, workChatwoot, { organizationId, lane });
    });
    return { received: true, taken: true };
  };
}

/** What is to be done; undefined for all that is not for people on WhatsApp: notes, what they wrote themselves, what we wrote. */
function readEvent(
  body: unknown,
  settings: ChatwootSettings,
): { task: 'reply' | 'deleted'; reply: Reply } | undefined {
  const event = stringIn(body, 'event');
  const id = idIn(body);
  const conversation = field(body, 'conversation');
  const conversationId = idIn(conversation);
  const inboxId = String(idIn(field(body, 'inbox')) ?? idIn(conversation, 'inbox_id') ?? '');
  const account = idIn(field(body, 'account'));
  const attributes = field(body, 'content_attributes');
  const isDeleted = event === 'message_updated' && field(attributes, 'deleted') === true;
  if ((event !== 'message_created' && !isDeleted) || id === undefined || conversationId === undefined)
    return undefined;
  if (field(body, 'private') === true || !fromAgents.includes(String(field(body, 'message_type'))))
    return undefined;
  if (stringIn(body, 'source_id')?.startsWith(sourcePrefix)) return undefined;
  if (account !== undefined && String(account) !== settings.accountId) return undefined;
  if (![settings.inboxId, ...Object.values(settings.inboxes)].includes(inboxId)) return undefined;
  const contact = field(field(conversation, 'meta'), 'sender');
  const reply: Reply = {
    ...{ id, conversationId, inboxId },
    content: (stringIn(body, 'content') ?? '').slice(0, contentLengthMax),
    sender: stringIn(field(body, 'sender'), 'name')?.slice(0, 100) ?? null,
    inReplyTo: idIn(attributes, 'in_reply_to') ?? null,
    contactId: idIn(contact) ?? null,
    phone: stringIn(contact, 'phone_number')?.slice(0, 100) ?? null,
    identifier: stringIn(contact, 'identifier')?.slice(0, 200) ?? null,
    files: listIn(body, 'attachments').slice(0, filesMax).flatMap(fileOf),
  };
  return { task: isDeleted ? 'deleted' : 'reply', reply };
}

function fileOf(value: unknown): ReplyFile[] {
  const url = (stringIn(value, 'data_url') ?? '').slice(0, 4_096);
  const type = stringIn(value, 'file_type') ?? 'file';
  const [latitude, longitude] = [field(value, 'coordinates_lat'), field(value, 'coordinates_long')];
  if (type === 'location' && typeof latitude === 'number' && typeof longitude === 'number') {
    return [{ type, url, latitude, longitude }];
  }
  return url === '' ? [] : [{ type, url }];
}

/** `X-Chatwoot-Signature: sha256=<hex of HMAC over the timestamp, a dot and the body>`. */
function assertSigned(secret: string, headers: Posted['headers'], raw: Buffer, now: Date): void {
  const timestamp = String(headers['x-chatwoot-timestamp'] ?? '');
  const given = Buffer.from(String(headers['x-chatwoot-signature'] ?? '').replace(/^sha256=/, ''));
  const right = Buffer.from(createHmac('sha256', secret).update(`${timestamp}.`).update(raw).digest('hex'));
  const isRight = given.length === right.length && timingSafeEqual(given, right);
  const isNow = Math.abs(Number(timestamp) - now.getTime() / 1_000) <= toleranceSeconds;
  if (isRight && isNow) return;
  throw new Failure('HOOK_SIGNATURE_INVALID', {
    says: isRight
      ? 'The signature is right, but too old.'
      : 'The signature of Chatwoot is missing, or was not made with the secret that is set here.',
  });
}
