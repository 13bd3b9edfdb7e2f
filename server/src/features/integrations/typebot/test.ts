import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { CallFailed } from '../call.ts';
import type { TestOutcome } from '../integrations.schema.ts';
import { createTypebot } from './client.ts';
import type { TypebotSettings } from './settings.ts';

/** Registers a conversation that nobody has, and says in words what came of it. */
export async function testTypebot(
  outbound: Pick<Outbound, 'request'>,
  settings: TypebotSettings,
): Promise<TestOutcome> {
  const bot = settings.defaultBotId;
  try {
    if (await createTypebot(outbound, settings).register(bot)) {
      return { success: true, code: null, message: `Typebot answers: the bot ${bot} can be talked to.` };
    }
    return {
      success: false,
      code: 'answer',
      message: 'Typebot answered without a session: is it up to date?',
    };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    const isUnknown = error.status === 404;
    const message = isUnknown ? `Typebot knows no published bot with the public id ${bot}.` : error.message;
    return { success: false, code: error.fault, message };
  }
}
