import type { Outbound } from '../../../platform/outbound/outbound.ts';
import { callJson, stringIn } from '../call.ts';
import type { TypebotSettings } from './settings.ts';

/** What somebody answers a bot. */
export interface TypebotAnswer {
  text: string;
  /** The choice that is meant. */
  replyId?: string | undefined;
  /** Where files can be had that go with it. */
  files?: string[];
}

/** The chat API of Typebot: https://docs.typebot.io/api-reference/chat/start-chat. Each call throws CallFailed. */
export function createTypebot(
  outbound: Pick<Outbound, 'request'>,
  settings: Pick<TypebotSettings, 'apiUrl' | 'apiToken'>,
) {
  const base = baseOf(settings.apiUrl);
  const headers: Record<string, string> = settings.apiToken
    ? { authorization: `Bearer ${settings.apiToken}` }
    : {};
  const post = (path: string, json: object) =>
    callJson(outbound, 'Typebot', { method: 'POST', url: `${base}${path}`, headers, json });
  const start = (botId: string, json: object) =>
    post(`/typebots/${encodeURIComponent(botId)}/startChat`, {
      ...json,
      textBubbleContentFormat: 'richText',
    });

  return {
    /** Begins a conversation; answers how the bot calls it and what it says first. */
    async start(botId: string, variables: Record<string, string>) {
      const reply = await start(botId, { isStreamEnabled: false, prefilledVariables: variables });
      return { sessionId: stringIn(reply, 'sessionId') ?? null, reply };
    },

    /** Registers a conversation without beginning it: nothing is said, nothing counted as a chat. */
    async register(botId: string): Promise<boolean> {
      return stringIn(await start(botId, { isOnlyRegistering: true }), 'sessionId') !== undefined;
    },

    /** https://docs.typebot.io/api-reference/chat/continue-chat */
    continue(sessionId: string, { text, replyId, files }: TypebotAnswer): Promise<unknown> {
      return post(`/sessions/${encodeURIComponent(sessionId)}/continueChat`, {
        message: {
          ...{ type: 'text', text },
          ...(replyId && { metadata: { replyId } }),
          ...(files && files.length > 0 && { attachedFileUrls: files }),
        },
        textBubbleContentFormat: 'richText',
      });
    },
  };
}

/** People give the address of the viewer, with or without the path of its API. */
function baseOf(apiUrl: string): string {
  if (/\/api\/v\d{1,2}$/.test(apiUrl)) return apiUrl;
  return /\/api$/.test(apiUrl) ? `${apiUrl}/v1` : `${apiUrl}/api/v1`;
}
