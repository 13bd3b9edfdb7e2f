import type { Tx } from '../../../platform/db/transaction.ts';
import { Failure } from '../../../platform/failures.ts';
import { render, type Source, type Templates } from '../../templates/index.ts';
import type { Effect } from '../actions/action.ts';
import type { RunRow } from '../automation.tables.ts';

type Kept = Effect & { do: 'template' | 'quick-reply' };

/** Finds what people keep ready under a shortcut: a text, and the file it stands below. */
export type FindQuickReply = (
  tx: Tx,
  profileId: string,
  shortcut: string,
) => Promise<
  { message: string; attachment: { type: string; mediaId: string; filename?: string } | null } | undefined
>;

/** The message that an effect names, which is kept elsewhere. @throws Failure TEMPLATE_NOT_FOUND, QUICK_REPLY_NOT_FOUND */
export type Resolve = (
  tx: Tx,
  run: RunRow,
  effect: Kept,
  sources: readonly Source[],
) => Promise<Effect & { do: 'send' }>;

export function createResolve(deps: {
  templates: Pick<Templates, 'find' | 'used'>;
  /** A quick reply of a profile. */
  quickReply: FindQuickReply;
}): Resolve {
  return async (tx, run, effect, sources) => {
    if (effect.do === 'quick-reply') {
      const kept = await deps.quickReply(tx, run.profile_id, effect.shortcut);
      if (!kept) throw new Failure('QUICK_REPLY_NOT_FOUND');
      const { rendered } = render({ text: kept.message }, sources);
      if (!kept.attachment) return { do: 'send', type: 'text', fields: rendered };
      const { type, ...file } = kept.attachment;
      return { do: 'send', type, fields: { ...file, caption: rendered.text } };
    }
    const tenancy = { organizationId: run.organization_id };
    const row = await deps.templates.find(tenancy, effect.templateId, tx);
    await deps.templates.used(tx, row.id, 1);
    const own: Source = { from: 'variables', values: effect.variables };
    const { rendered } = render(row.content, [own, ...sources]);
    return { do: 'send', type: row.message_type, fields: rendered };
  };
}
