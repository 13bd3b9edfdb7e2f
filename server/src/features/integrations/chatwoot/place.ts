import { phoneOf, storedChat } from '../../../platform/chat-id.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/transaction.ts';
import { formsOf } from '../../../platform/number-forms.ts';
import { CallFailed } from '../call.ts';
import type { Chatwoot, ChatwootContact } from './client.ts';
import type { ChatwootLinks } from './links.store.ts';

/** A conversation of ours, as Chatwoot is told of it. */
export interface OurConversation {
  id: string;
  organizationId: string;
  profileId: string;
  /** The chat: by number where that is known. */
  chatId: string;
  lidJid: string | null;
  name: string | null;
}

/** Finds or makes the contact and the conversation at Chatwoot: one each, whenever this was interrupted. */
export function createPlaces(deps: { db: Db; clock: Clock; links: ChatwootLinks }) {
  const { db, links } = deps;

  async function keep(our: OurConversation, inboxId: string, contactId: number, conversationId: number) {
    await links.keepConversation(db, {
      ...{ conversation_id: our.id, organization_id: our.organizationId, profile_id: our.profileId },
      ...{ inbox_id: inboxId, chatwoot_contact_id: contactId, chatwoot_conversation_id: conversationId },
      ...{ identifier: our.chatId, updated_at: deps.clock.now() },
    });
  }

  return async (chatwoot: Chatwoot, our: OurConversation, inboxId: string): Promise<number> => {
    const link = await links.ofConversation(our.id);
    if (link && link.inbox_id === inboxId) {
      if (link.identifier === our.chatId) return link.chatwoot_conversation_id;
      await tellIdentity(chatwoot, link.chatwoot_contact_id, our);
      await keep(our, inboxId, link.chatwoot_contact_id, link.chatwoot_conversation_id);
      return link.chatwoot_conversation_id;
    }
    const contactId = await contactFor(chatwoot, our, inboxId);
    const [known] = await chatwoot.conversationsOf(contactId, inboxId);
    const conversationId = known ?? (await chatwoot.createConversation(contactId, inboxId));
    await keep(our, inboxId, contactId, conversationId);
    return conversationId;
  };
}

const numberOf = ({ chatId }: OurConversation) => phoneOf(storedChat(chatId));

async function contactFor(chatwoot: Chatwoot, our: OurConversation, inboxId: string): Promise<number> {
  const known = await find(chatwoot, our);
  if (known) {
    // Learnt under a linked identity, and now its number is known.
    if (known.identifier !== null && known.identifier === our.lidJid)
      await tellIdentity(chatwoot, known.id, our);
    return known.id;
  }
  const phone = numberOf(our);
  const name = our.name ?? (phone ? `+${phone}` : our.chatId);
  try {
    return await chatwoot.createContact({
      ...{ inboxId, name, identifier: our.chatId },
      phone: phone && `+${phone}`,
    });
  } catch (error) {
    // Somebody else made it in between, or an earlier attempt did and did not hear of it.
    const again = error instanceof CallFailed && error.status === 422 ? await find(chatwoot, our) : undefined;
    if (again) return again.id;
    throw error;
  }
}

/** By number in each of its forms, else by what we call the person. */
async function find(chatwoot: Chatwoot, our: OurConversation): Promise<ChatwootContact | undefined> {
  const phone = numberOf(our);
  for (const form of phone ? formsOf(phone) : []) {
    const found = (await chatwoot.search(`+${form}`)).find((contact) => contact.phone === `+${form}`);
    if (found) return found;
  }
  for (const identifier of [our.chatId, our.lidJid]) {
    if (identifier === null) continue;
    const found = (await chatwoot.search(identifier)).find((contact) => contact.identifier === identifier);
    if (found) return found;
  }
  return undefined;
}

/** What is learnt of somebody later; another contact there may have it already. */
async function tellIdentity(chatwoot: Chatwoot, contactId: number, our: OurConversation): Promise<void> {
  const phone = numberOf(our);
  await chatwoot
    .updateContact(contactId, { phone: phone && `+${phone}`, identifier: our.chatId })
    .catch((error: unknown) => {
      if (!(error instanceof CallFailed) || error.isPassing) throw error;
    });
}
