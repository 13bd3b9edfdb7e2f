import type { Config } from '../../../platform/config/config.ts';
import type { Problem } from '../../../platform/failures.ts';
import type { TypebotFields } from '../integrations.schema.ts';
import {
  addressProblem,
  headerProblem,
  movedSecret,
  secretOf,
  textOf,
  withoutSlash,
  wordsOf,
} from '../settings/fields.ts';

/** What an organisation has set for Typebot. */
export interface TypebotSettings {
  apiUrl: string;
  defaultBotId: string;
  /** Null: all. */
  profileIds: string[] | null;
  /** Empty: anything starts the bot. */
  startWords: string[];
  restartWords: string[];
  stopWords: string[];
  expireMinutes: number;
  choices: 'numbers' | 'poll';
  stopOnReply: boolean;
  enabled: boolean;
  apiToken: string | null;
}

export type TypebotConfig = Pick<Config, 'typebotApiUrl' | 'typebotDefaultBotId'>;

const usual = {
  ...{ profileIds: null, startWords: [], restartWords: ['/restart'], stopWords: ['/stop'] },
  ...{ expireMinutes: 1_440, choices: 'numbers' as const, stopOnReply: true, apiToken: null },
};

/** What the settings of the server say; undefined where they say nothing. */
export function typebotOfServer(config: TypebotConfig): TypebotSettings | undefined {
  if (config.typebotApiUrl === undefined) return undefined;
  const defaultBotId = config.typebotDefaultBotId ?? '';
  return { ...usual, apiUrl: withoutSlash(config.typebotApiUrl), defaultBotId, enabled: defaultBotId !== '' };
}

/** What a body makes of the settings before; undefined when it takes them away. Answers every problem instead. */
export function mergeTypebot(
  before: TypebotSettings | undefined,
  body: TypebotFields,
): { settings: TypebotSettings | undefined } | { problems: Problem[] } {
  if (body.apiUrl === null || body.apiUrl === '') return { settings: undefined };
  const token = secretOf(body.apiToken, before?.apiToken ?? null);
  const base = before ?? { ...usual, apiUrl: '', defaultBotId: '', enabled: true };
  const settings: TypebotSettings = {
    apiUrl: withoutSlash(textOf(body.apiUrl, base.apiUrl)),
    defaultBotId: textOf(body.defaultBotId, base.defaultBotId),
    profileIds: body.profileIds === undefined ? base.profileIds : body.profileIds,
    startWords: wordsOf(body.startWords, base.startWords),
    restartWords: wordsOf(body.restartWords, base.restartWords),
    stopWords: wordsOf(body.stopWords, base.stopWords),
    expireMinutes: body.expireMinutes ?? base.expireMinutes,
    choices: body.choices ?? base.choices,
    stopOnReply: body.stopOnReply ?? base.stopOnReply,
    enabled: body.enabled ?? base.enabled,
    apiToken: token.value,
  };
  const wrong = addressProblem(settings.apiUrl);
  const problems: Problem[] = [
    ...(wrong ? [{ path: '/typebot/apiUrl', problem: wrong }] : []),
    ...headerProblem('/typebot/apiToken', settings.apiToken),
    ...movedSecret('/typebot/apiToken', token, [before?.apiUrl, settings.apiUrl]),
    ...(settings.enabled ? typebotLacks(settings) : []),
  ];
  return problems.length > 0 ? { problems } : { settings };
}

/** What is missing before it can work. */
export function typebotLacks({ defaultBotId }: TypebotSettings): Problem[] {
  return defaultBotId === '' ? [{ path: '/typebot/defaultBotId', problem: 'is required' }] : [];
}
