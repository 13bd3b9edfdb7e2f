import { phoneOf, storedChat } from '../../../platform/chat-id.ts';
import type { KnownPerson } from '../../contacts/index.ts';
import { render } from '../../templates/index.ts';
import type { RecipientRow } from '../recipients.store.ts';

/** What is no text of the message: it is sent as it is. */
const mediaFields = ['media', 'preview', 'mimetype', 'secret'];

/**
 * What a campaign says to one recipient, and which variables nobody knows; those stay as typed.
 * @throws Failure VALIDATION_ERROR for what becomes too long
 */
export function filled(
  content: Record<string, unknown>,
  { vars, chat }: Pick<RecipientRow, 'vars' | 'chat'>,
  person: KnownPerson | undefined,
): { content: Record<string, unknown>; unknown: string[] } {
  const phone = person?.phone ?? phoneOf(storedChat(chat));
  const about = {
    ...(person?.name && { name: person.name }),
    ...(phone && { phone }),
    metadata: person?.metadata ?? {},
  };
  const texts = Object.fromEntries(Object.entries(content).filter(([name]) => !mediaFields.includes(name)));
  const { rendered, unknown } = render(texts, [
    { from: 'variables', values: vars ?? {} },
    { from: 'contact', values: about },
  ]);
  return { content: { ...content, ...(rendered as Record<string, unknown>) }, unknown };
}
