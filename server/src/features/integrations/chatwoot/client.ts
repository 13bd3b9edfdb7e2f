import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { type Call, callJson, field, idIn, listIn, stringIn } from '../call.ts';
import type { FilePart } from './form.ts';
import { createForm } from './form.ts';
import type { ChatwootSettings } from './settings.ts';

export interface ChatwootContact {
  id: number;
  phone: string | null;
  identifier: string | null;
  name: string | null;
}
export interface NewChatwootMessage {
  content: string;
  type: 'incoming' | 'outgoing';
  /** What it is called here: it comes back in webhooks and lists. */
  sourceId: string;
  inReplyTo?: number | undefined;
  file?: FilePart | undefined;
}

const fileMs = 120_000;

/**
 * The application API of Chatwoot, as far as it is needed: https://developers.chatwoot.com/api-reference/introduction.
 * Each call throws CallFailed.
 */
export function createChatwoot(
  outbound: Pick<Outbound, 'request'>,
  settings: Pick<ChatwootSettings, 'url' | 'accountId' | 'apiToken'>,
) {
  const base = `${settings.url}/api/v1/accounts/${settings.accountId}`;
  const headers = { api_access_token: settings.apiToken ?? '' };
  const call = (method: Call['method'], path: string, more: Partial<Call> = {}) =>
    callJson(outbound, 'Chatwoot', {
      ...{ method, url: `${base}${path}` },
      ...more,
      headers: { ...headers, ...more.headers },
    });

  return {
    async inboxes() {
      return listIn(await call('GET', '/inboxes'), 'payload').flatMap((inbox) => {
        const id = idIn(inbox);
        if (id === undefined) return [];
        return [
          {
            id: String(id),
            name: stringIn(inbox, 'name') ?? '',
            channel: stringIn(inbox, 'channel_type') ?? '',
            webhookUrl: stringIn(inbox, 'webhook_url') ?? '',
          },
        ];
      });
    },

    /** Contacts in which these words stand somewhere. */
    async search(words: string): Promise<ChatwootContact[]> {
      const found = await call('GET', `/contacts/search?q=${encodeURIComponent(words)}`);
      return listIn(found, 'payload').flatMap(contactOf);
    },

    async createContact(contact: {
      inboxId: string;
      name: string;
      phone: string | undefined;
      identifier: string;
    }): Promise<number> {
      const answer = await call('POST', '/contacts', {
        json: {
          inbox_id: Number(contact.inboxId),
          name: contact.name,
          identifier: contact.identifier,
          ...(contact.phone && { phone_number: contact.phone }),
        },
      });
      return need(idIn(field(field(answer, 'payload'), 'contact')), 'the contact it made');
    },

    async updateContact(
      id: number,
      contact: { name?: string; phone?: string | undefined; identifier: string },
    ): Promise<void> {
      await call('PUT', `/contacts/${id}`, {
        json: {
          identifier: contact.identifier,
          ...(contact.name && { name: contact.name }),
          ...(contact.phone && { phone_number: contact.phone }),
        },
      });
    },

    /** The conversations of a contact in an inbox, the newest first. */
    async conversationsOf(contactId: number, inboxId: string): Promise<number[]> {
      const answer = await call('GET', `/contacts/${contactId}/conversations`);
      return listIn(answer, 'payload')
        .filter((conversation) => String(idIn(conversation, 'inbox_id')) === inboxId)
        .flatMap((conversation) => idIn(conversation) ?? [])
        .toSorted((a, b) => b - a);
    },

    async createConversation(contactId: number, inboxId: string): Promise<number> {
      const answer = await call('POST', '/conversations', {
        json: { inbox_id: Number(inboxId), contact_id: contactId, status: 'open' },
      });
      return need(idIn(answer), 'the conversation it made');
    },

    /** The message that was made under this name, among the newest of a conversation. */
    async messageOf(conversationId: number, sourceId: string): Promise<number | undefined> {
      const answer = await call('GET', `/conversations/${conversationId}/messages`);
      const found = listIn(answer, 'payload').find((message) => stringIn(message, 'source_id') === sourceId);
      return idIn(found);
    },

    async createMessage(conversationId: number, message: NewChatwootMessage): Promise<number> {
      const { content, type, sourceId, inReplyTo, file } = message;
      const path = `/conversations/${conversationId}/messages`;
      const attributes = inReplyTo !== undefined && { content_attributes: { in_reply_to: inReplyTo } };
      if (!file) {
        const json = { content, message_type: type, private: false, source_id: sourceId, echo_id: sourceId };
        return need(
          idIn(await call('POST', path, { json: { ...json, ...attributes } })),
          'the message it made',
        );
      }
      const form = createForm(
        {
          ...{ content, message_type: type, private: 'false', source_id: sourceId, echo_id: sourceId },
          ...(inReplyTo !== undefined && { 'content_attributes[in_reply_to]': String(inReplyTo) }),
        },
        { ...file, name: 'attachments[]' },
      );
      const answer = await call('POST', path, { ...form, timeoutMs: fileMs });
      return need(idIn(answer), 'the message it made');
    },

    /** Only of what an agent wrote can the way be told. */
    async updateStatus(
      conversationId: number,
      messageId: number,
      status: 'sent' | 'delivered' | 'read' | 'failed',
      error?: string,
    ): Promise<void> {
      await call('PATCH', `/conversations/${conversationId}/messages/${messageId}`, {
        json: { status, ...(error && { external_error: error }) },
      });
    },

    async deleteMessage(conversationId: number, messageId: number): Promise<void> {
      await call('DELETE', `/conversations/${conversationId}/messages/${messageId}`);
    },
  };
}

export type Chatwoot = ReturnType<typeof createChatwoot>;

function contactOf(value: unknown): ChatwootContact[] {
  const id = idIn(value);
  if (id === undefined) return [];
  return [
    {
      id,
      phone: stringIn(value, 'phone_number') ?? null,
      identifier: stringIn(value, 'identifier') ?? null,
      name: stringIn(value, 'name') ?? null,
    },
  ];
}

function need(id: number | undefined, what: string): number {
  if (id !== undefined) return id;
  throw new Error(`Chatwoot did not say the number of ${what}.`);
}
