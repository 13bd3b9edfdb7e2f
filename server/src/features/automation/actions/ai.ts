import type { ActionKind } from './action.ts';

/** Until this server has a language model to ask, these go on at `error`. */
export const ai: ActionKind = {
  types: ['ai_reply', 'ai_classify', 'ai_extract'],
  needs: 'message:send',
  problems: () => [],
  act: () => ({
    is: 'failed',
    code: 'AI_NOT_CONFIGURED',
    error: 'No language model is configured on this server.',
  }),
};
