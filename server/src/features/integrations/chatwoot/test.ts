import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { CallFailed } from '../call.ts';
import type { TestOutcome } from '../integrations.schema.ts';
import { createChatwoot } from './client.ts';
import type { ChatwootSettings } from './settings.ts';

const apiChannel = 'Channel::Api';

/** Asks Chatwoot for its inboxes and says in words what is right and what is not. */
export async function testChatwoot(
  outbound: Pick<Outbound, 'request'>,
  settings: ChatwootSettings,
  webhookUrl: string,
): Promise<TestOutcome> {
  try {
    const inboxes = await createChatwoot(outbound, settings).inboxes();
    const wanted = [...new Set([settings.inboxId, ...Object.values(settings.inboxes)])].filter(
      (id) => id !== '',
    );
    for (const id of wanted) {
      const inbox = inboxes.find((one) => one.id === id);
      if (!inbox) {
        const message = `Chatwoot took the token, but account ${settings.accountId} has no inbox ${id} that it shows.`;
        return { success: false, code: 'not-found', message };
      }
      if (inbox.channel !== '' && inbox.channel !== apiChannel) {
        const message = `The inbox “${inbox.name}” (${id}) is no API inbox: make one of the type API at Chatwoot.`;
        return { success: false, code: 'not-found', message };
      }
    }
    const names = inboxes.filter(({ id }) => wanted.includes(id)).map(({ name }) => `“${name}”`);
    const deaf = inboxes.filter((inbox) => wanted.includes(inbox.id) && inbox.webhookUrl !== webhookUrl);
    const hint =
      deaf.length > 0
        ? ' Its webhook URL is not the one of this server yet, so replies do not come back.'
        : '';
    return { success: true, code: null, message: `Chatwoot answers: ${names.join(', ')} is there.${hint}` };
  } catch (error) {
    if (error instanceof CallFailed) return { success: false, code: error.fault, message: error.message };
    throw error;
  }
}
