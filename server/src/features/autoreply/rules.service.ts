import type { Actor } from '../../platform/actor.ts';
import type { Json } from '../../platform/db/json-column.ts';
import type { AutomationChange, AutomationService } from '../automation/index.ts';
import type { CreateAutoreplyBody, UpdateAutoreplyBody } from './autoreply.schema.ts';

const kind = 'autoreply';
const cooldownDefault = 60;
const namePrefix = 'Autoreply: ';

/** Automatic replies: rules with keywords and one answer, looked at before all others. */
export function createReplyRules({ rules }: { rules: AutomationService }) {
  return {
    /** Newest first. @throws Failure PROFILE_NOT_FOUND */
    async list(actor: Actor, profileId: string) {
      const rows = await rules.list(actor, { profileId, kind });
      return rows.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
    },

    /** @throws Failure AUTOMATION_NOT_FOUND, of another kind, too */
    get: (actor: Actor, id: string) => rules.get(actor, id, kind),

    /** @throws Failure */
    create(actor: Actor, body: CreateAutoreplyBody) {
      const { keywords, response } = body;
      return rules.create(actor, {
        ...{ kind, profileId: body.profileId, name: nameOf(keywords), priority: 0 },
        ...triggerOf(keywords, body.matchMode ?? 'contains'),
        ...{ conditions: body.privateOnly ? [{ type: 'not_group' }] : [], actions: [replyOf(response)] },
        ...{ graph: null, settings: {}, maxTriggersPerDay: null },
        ...{ cooldownSecs: body.cooldownSecs ?? cooldownDefault, isActive: body.isActive ?? undefined },
      });
    },

    /** Changes what is given; `matchMode` alone, too. @throws Failure */
    async update(actor: Actor, id: string, body: UpdateAutoreplyBody) {
      const before = await rules.get(actor, id, kind);
      const { keywords, matchMode, response, privateOnly, cooldownSecs, isActive } = body;
      const trigger = triggerOf(keywords ?? keywordsOf(before), matchMode ?? modeOf(before));
      const others = before.conditions.filter(({ type }) => type !== 'not_group');
      const change: AutomationChange = {
        ...(keywords && { name: nameOf(keywords) }),
        ...((keywords || matchMode) && trigger),
        ...(response && { actions: [replyOf(response)] }),
        ...(typeof privateOnly === 'boolean' && {
          conditions: privateOnly ? [...others, { type: 'not_group' }] : others,
        }),
        ...(typeof cooldownSecs === 'number' && { cooldownSecs }),
        ...(typeof isActive === 'boolean' && { isActive }),
      };
      return rules.update(actor, id, change, kind);
    },

    toggle: (actor: Actor, id: string) => rules.toggle(actor, id, kind),
    remove: (actor: Actor, id: string) => rules.remove(actor, id, kind),
  };
}

export type ReplyRules = ReturnType<typeof createReplyRules>;

const replyOf = (message: string): Json => ({ type: 'reply', message });

/** Older readers know automatic replies by this name. */
const nameOf = (keywords: readonly string[]): string =>
  `${namePrefix}${keywords.slice(0, 3).join(', ')}...`.slice(0, 200);

function triggerOf(keywords: readonly string[], matchMode: string) {
  if (matchMode !== 'regex') {
    return { triggerType: 'keyword', triggerConfig: { keywords, matchMode, caseSensitive: false } as Json };
  }
  const pattern = keywords.map((one) => `(?:${one})`).join('|');
  return { triggerType: 'regex', triggerConfig: { pattern, flags: 'i', keywords, matchMode } as Json };
}

const keywordsOf = ({ triggerConfig }: { triggerConfig: Json }): string[] =>
  Array.isArray(triggerConfig.keywords) ? (triggerConfig.keywords as string[]) : [];
const modeOf = ({ triggerConfig }: { triggerConfig: Json }): string =>
  String(triggerConfig.matchMode ?? 'contains');
