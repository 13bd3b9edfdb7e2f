import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ask } from '../../../../test/client.ts';

interface Contact {
  id: number;
  name: string;
  phone_number: string | null;
  identifier: string | null;
}
interface Message {
  id: number;
  conversation_id: number;
  content: string;
  message_type: number;
  private: boolean;
  source_id: string | null;
  status: string;
  content_attributes: Record<string, unknown>;
  external_error?: string;
  attachments: { filename: string; mimetype: string; bytes: Buffer }[];
}
type Fault = 'refuse' | 'hang' | 'html' | 'lose-answer';

const inboxId = 3;
const messageTypes = { incoming: 0, outgoing: 1 } as const;

/**
 * The parts of a Chatwoot that are used, on loopback. Each route follows the page of the documentation that it names; what
 * a page leaves out (that `source_id` is taken and kept, and that an inbox posts what is made through the API, too) follows
 * Chatwoot's own source.
 */
export async function startChatwoot() {
  const token = 'a token of the agent';
  const contacts: Contact[] = [];
  const conversations: { id: number; contact: number; inbox: number }[] = [];
  const messages: Message[] = [];
  const calls: string[] = [];
  const files = new Map<string, { mimetype: string; bytes: Buffer }>();
  let ids = 100;
  const chatwoot = {
    url: '',
    token: token.replaceAll(' ', '-'),
    contacts,
    conversations,
    messages,
    calls,
    files,
    /** Where the inbox posts. */
    webhookUrl: '',
    webhookSecret: undefined as string | undefined,
    fileBytesMax: 1_000_000,
    /** What the next calls meet, one each; matched by `METHOD path-end`. */
    faults: [] as { on: RegExp; is: Fault }[],
    post,
    /** An agent writes. */
    async agentWrites(conversationId: number, content: string, more: AgentMore = {}) {
      const message = add(conversationId, { content, type: 'outgoing', ...more });
      await post(message, 'message_created', more);
      return message;
    },
    /** An agent deletes a message: https://developers.chatwoot.com/api-reference/messages/delete-a-message */
    async agentDeletes(id: number) {
      const message = messages.find((one) => one.id === id) as Message;
      message.content_attributes = { deleted: true };
      await post(message, 'message_updated');
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  interface AgentMore {
    private?: boolean;
    files?: { name: string; type: string }[];
    inReplyTo?: number;
  }

  function add(
    conversationId: number,
    more: {
      content: string;
      type: keyof typeof messageTypes;
      sourceId?: string | null;
      private?: boolean;
      inReplyTo?: number | undefined;
    },
  ): Message {
    const message: Message = {
      ...{
        id: ++ids,
        conversation_id: conversationId,
        content: more.content,
        status: 'sent',
        attachments: [],
      },
      ...{ message_type: messageTypes[more.type], private: more.private ?? false },
      source_id: more.sourceId ?? null,
      content_attributes: more.inReplyTo === undefined ? {} : { in_reply_to: more.inReplyTo },
    };
    messages.push(message);
    return message;
  }

  /** https://www.chatwoot.com/hc/user-guide/articles/1677693021-how-to-use-webhooks */
  async function post(message: Message, event = 'message_created', more: AgentMore = {}) {
    if (chatwoot.webhookUrl === '') return undefined;
    const conversation = conversations.find(({ id }) => id === message.conversation_id);
    const contact = contacts.find(({ id }) => id === conversation?.contact);
    const body = JSON.stringify({
      event,
      ...{ id: message.id, content: message.content, private: message.private },
      message_type: message.message_type === 0 ? 'incoming' : 'outgoing',
      ...{
        content_type: 'text',
        content_attributes: message.content_attributes,
        source_id: message.source_id,
      },
      sender: { id: 1, name: 'Rina', type: 'user' },
      account: { id: 1, name: 'Bakery' },
      inbox: { id: inboxId, name: 'WhatsApp' },
      conversation: {
        ...{ id: message.conversation_id, inbox_id: inboxId },
        meta: { sender: contact },
      },
      attachments: (more.files ?? []).map(({ name, type }) => ({
        file_type: type,
        data_url: `${chatwoot.url}/files/${name}`,
      })),
    });
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const secret = chatwoot.webhookSecret;
    const mac = secret && createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
    return ask(chatwoot.webhookUrl, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        ...(mac && { 'x-chatwoot-timestamp': timestamp, 'x-chatwoot-signature': `sha256=${mac}` }),
      },
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: whatever a client sends.
  type Body = Record<string, any>;

  function route(method: string, path: string, query: URLSearchParams, body: Body): unknown {
    const [, what, id, of, of2] = path.split('/');
    const conversationId = Number(id);
    switch (`${method} ${what}${of ? `/${of}` : ''}`) {
      // https://developers.chatwoot.com/api-reference/inboxes/list-all-inboxes
      case 'GET inboxes':
        return {
          payload: [
            { id: inboxId, name: 'WhatsApp', channel_type: 'Channel::Api', webhook_url: chatwoot.webhookUrl },
            { id: 4, name: 'Website', channel_type: 'Channel::WebWidget' },
          ],
        };
      // https://developers.chatwoot.com/api-reference/contacts/search-contacts
      case 'GET contacts': {
        const words = query.get('q') ?? '';
        const has = ({ name, phone_number: phone, identifier }: Contact) =>
          [name, phone, identifier].some((text) => text?.includes(words));
        return { meta: { count: 0, current_page: 1 }, payload: contacts.filter(has) };
      }
      // https://developers.chatwoot.com/api-reference/contacts/create-contact
      case 'POST contacts': {
        const { name, phone_number: phone = null, identifier = null } = body;
        const isTaken = contacts.some(
          (one) => one.identifier === identifier || (phone && one.phone_number === phone),
        );
        if (isTaken) return { status: 422, message: 'Phone number has already been taken' };
        const contact = { id: ++ids, name, phone_number: phone, identifier };
        contacts.push(contact);
        return { payload: { contact, contact_inbox: { source_id: `source-${contact.id}` } } };
      }
      // https://developers.chatwoot.com/api-reference/contacts/update-contact
      case 'PUT contacts': {
        Object.assign(contacts.find((one) => one.id === Number(id)) ?? {}, body);
        return { payload: {} };
      }
      // https://developers.chatwoot.com/api-reference/contacts/contact-conversations
      case 'GET contacts/conversations':
        return {
          payload: conversations
            .filter((one) => one.contact === Number(id))
            .map((one) => ({ id: one.id, inbox_id: one.inbox, status: 'open' })),
        };
      // https://developers.chatwoot.com/api-reference/conversations/create-new-conversation
      case 'POST conversations': {
        const conversation = { id: ++ids, contact: body.contact_id, inbox: body.inbox_id };
        conversations.push(conversation);
        return { id: conversation.id, account_id: 1, inbox_id: conversation.inbox };
      }
      // https://developers.chatwoot.com/api-reference/messages/get-messages
      case 'GET conversations/messages':
        return {
          meta: {},
          payload: messages.filter((one) => one.conversation_id === conversationId).slice(-20),
        };
      // https://developers.chatwoot.com/api-reference/messages/create-new-message
      case 'POST conversations/messages': {
        if (!conversations.some((one) => one.id === conversationId))
          return { status: 404, error: 'Resource could not be found' };
        const message = add(conversationId, {
          ...{ content: body.content, type: body.message_type, sourceId: body.source_id },
          inReplyTo:
            Number(body.content_attributes?.in_reply_to ?? body['content_attributes[in_reply_to]'] ?? 0) ||
            undefined,
        });
        if (body.file?.bytes.length > chatwoot.fileBytesMax) {
          messages.pop();
          return { status: 422, message: 'File is too big' };
        }
        if (body.file) message.attachments.push(body.file);
        if (message.message_type === 1) void post(message)?.catch(() => undefined);
        return { ...message, attachments: [] };
      }
      // https://developers.chatwoot.com/api-reference/messages/update-message-status
      case 'PATCH conversations/messages': {
        const message = messages.find((one) => one.id === Number(of2)) ?? ({} as Message);
        if (message.status !== 'read') Object.assign(message, body);
        return message;
      }
      // https://developers.chatwoot.com/api-reference/messages/delete-a-message
      case 'DELETE conversations/messages': {
        const message = messages.find((one) => one.id === Number(of2)) as Message;
        message.content_attributes = { deleted: true };
        void post(message, 'message_updated')?.catch(() => undefined);
        return {};
      }
      default:
        return { status: 404, error: 'Resource could not be found' };
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://chatwoot');
    const file = files.get(url.pathname.split('/').at(-1) ?? '');
    if (url.pathname.startsWith('/files/') && file) {
      return response.writeHead(200, { 'content-type': file.mimetype }).end(file.bytes);
    }
    const raw = await read(request);
    const path = url.pathname.replace('/api/v1/accounts/1', '').replace('/search', '');
    const call = `${request.method} ${path}`;
    calls.push(call);
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.headers.api_access_token !== chatwoot.token)
      return json(401, { error: 'Invalid Access Token' });
    const index = chatwoot.faults.findIndex(({ on }) => on.test(call));
    const [fault] = index < 0 ? [] : chatwoot.faults.splice(index, 1);
    if (fault?.is === 'hang') return undefined;
    if (fault?.is === 'refuse') return response.destroy();
    if (fault?.is === 'html') return response.writeHead(502).end('<html><h1>Bad Gateway</h1></html>');
    const type = String(request.headers['content-type'] ?? '');
    const body = type.startsWith('multipart/') ? readForm(raw, type) : JSON.parse(raw.toString() || '{}');
    const value = route(String(request.method), path, url.searchParams, body) as { status?: unknown };
    if (fault?.is === 'lose-answer') return response.destroy();
    return json(typeof value.status === 'number' ? value.status : 200, value);
  }
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  chatwoot.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return chatwoot;
}

export type LocalChatwoot = Awaited<ReturnType<typeof startChatwoot>>;

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** The fields of a form; its file as `file`. */
function readForm(raw: Buffer, type: string): Record<string, unknown> {
  const boundary = `--${type.split('boundary=')[1]}`;
  const fields: Record<string, unknown> = {};
  for (const part of raw.toString('latin1').split(boundary).slice(1, -1)) {
    const end = part.indexOf('\r\n\r\n');
    const head = part.slice(0, end);
    const value = Buffer.from(part.slice(end + 4, -2), 'latin1');
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? '';
    const filename = /filename="([^"]*)"/.exec(head)?.[1];
    if (filename === undefined) fields[name] = value.toString('utf8');
    else fields.file = { filename, mimetype: /content-type: (\S+)/.exec(head)?.[1] ?? '', bytes: value };
  }
  return fields;
}
