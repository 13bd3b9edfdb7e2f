import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import { Failure, type Problem } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import type { Messages } from '../messages/index.ts';
import type { Templates } from '../templates/index.ts';
import {
  defaults,
  type SettingsRequest,
  type UpdateRequest,
  type VariantRequest,
} from './broadcasts.schema.ts';
import type { BroadcastRow, BroadcastStore } from './broadcasts.store.ts';
import type { Audience, Variant } from './broadcasts.tables.ts';
import type { Uploads } from './prepare/uploads.ts';
import { readyMessage, type WantedMessage } from './read-message.ts';

type Said = Pick<VariantRequest, 'message' | 'templateId'>;

/** Turns what somebody wants of a campaign into its columns; files are looked at and taken in. */
export function createRequestReader(deps: {
  store: Pick<BroadcastStore, 'find'>;
  messages: Pick<Messages, 'readSend' | 'say'>;
  templates: Pick<Templates, 'find'>;
  uploads: Pick<Uploads, 'look'>;
}) {
  const { messages } = deps;

  /** What is to be said, and of which template; undefined when a body says nothing of it. @throws Failure TEMPLATE_NOT_FOUND */
  async function messageOf(
    actor: Actor,
    { message, templateId }: Said,
    path: string,
  ): Promise<{ wanted?: WantedMessage; template?: string }> {
    const id = given(templateId);
    if (id === undefined) return message === undefined ? {} : { wanted: message as WantedMessage };
    if (message !== undefined)
      throw problemAt(`${path}/templateId`, 'is not needed with a message: one of them');
    if (!isUuid(id)) throw new Failure('TEMPLATE_NOT_FOUND');
    const row = await deps.templates.find(actor, id);
    return { wanted: { ...row.content, type: row.message_type }, template: id };
  }

  /** Ready to be sent; undefined when a body says nothing of it. */
  async function readyOf(actor: Actor, profileId: string, said: Said, path: string) {
    const { wanted, template } = await messageOf(actor, said, path);
    if (wanted === undefined) return undefined;
    const at = `${path}/${template ? 'templateId' : 'message'}`;
    const ready = await readyMessage(messages, actor, profileId, { wanted, path: at });
    const message = withoutFile(typeof wanted === 'string' ? { plain: wanted } : wanted);
    return { ...ready, message, template: template ?? null };
  }

  async function variantsOf(actor: Actor, profileId: string, asked: readonly VariantRequest[]) {
    const names = new Set(asked.map(({ name }) => name.trim()));
    if (names.size < asked.length) throw problemAt('/variants', 'must have names of their own');
    const variants: Variant[] = [];
    for (const [at, { name, weight = 1, ...said }] of asked.entries()) {
      const path = `/variants/${at}`;
      const ready = await readyOf(actor, profileId, said, path);
      if (!ready) throw problemAt(`${path}/message`, 'is needed, or templateId: one of them');
      const { message, template: templateId, type, content } = ready;
      variants.push({ name: name.trim(), weight, message, templateId, type, content });
    }
    return variants;
  }

  /** @throws Failure MEDIA_NOT_FOUND, BROADCAST_NOT_FOUND, CSV_COLUMN_MISSING, CSV_UNREADABLE */
  async function audienceOf(
    actor: Actor,
    profileId: string,
    { type, value, status, codes, match, except, phoneColumn }: NonNullable<UpdateRequest['recipients']>,
  ): Promise<Audience> {
    const values = type === 'all' ? [] : [...new Set(value ?? [])];
    const [first = ''] = values;
    if (type === 'upload') {
      const found = await deps.uploads.look(actor, first, given(phoneColumn)).catch((error: unknown) => {
        if (!(error instanceof Failure) || error.code !== 'CSV_COLUMN_MISSING') throw error;
        const problem = 'has no column with numbers of that name; phoneColumn names the header';
        const details = [{ path: '/recipients/phoneColumn', problem }];
        throw new Failure('CSV_COLUMN_MISSING', { details, cause: error });
      });
      return { type, value: values, ...found };
    }
    const without = [...new Set(except ?? [])];
    const narrowed = {
      ...(type === 'tags' && match === 'all' && { match }),
      ...(without.length > 0 && { except: without }),
    };
    if (type === 'tags' || type === 'all') return { type, value: values, ...narrowed };
    if (type !== 'broadcast') return { type, value: values };
    const source = isUuid(first) ? await deps.store.find(actor, first) : undefined;
    if (source?.kind !== 'broadcast' || source.profile_id !== profileId)
      throw new Failure('BROADCAST_NOT_FOUND');
    const states = [...new Set(status ?? (['failed'] as const))];
    return { type, value: values, status: states, ...(codes && { codes: [...new Set(codes)] }) };
  }

  return {
    /** What of a body becomes columns; with `before` what is absent stays. @throws Failure */
    async columnsOf(actor: Actor, profileId: string, body: UpdateRequest, before?: BroadcastRow) {
      const problems = [...audienceProblems(body), ...settingsProblems(body.settings, before)];
      if (problems.length > 0) throw new Failure('VALIDATION_ERROR', { details: problems });
      const asked = given(body.variants);
      const isSaid = body.message !== undefined || given(body.templateId) !== undefined;
      if (asked && isSaid) throw problemAt('/variants', 'say it all: message and templateId are not needed');
      if (!asked && !isSaid && !before) throw problemAt('/message', 'is needed, or templateId: one of them');
      const variants = asked && (await variantsOf(actor, profileId, asked));
      const ready = variants?.[0] ?? (await readyOf(actor, profileId, body, ''));
      const template = ready && 'template' in ready ? ready.template : null;
      const audience = body.recipients && (await audienceOf(actor, profileId, body.recipients));
      const { weight, ...settings } = { ...defaults, ...before?.settings, ...body.settings };
      return {
        ...(body.name !== undefined && { name: body.name }),
        ...(ready && {
          ...{ message: JSON.stringify(ready.message), type: ready.type, template_id: template },
          ...{ content: JSON.stringify(ready.content), variants: variants ? JSON.stringify(variants) : null },
        }),
        ...(audience && { audience: JSON.stringify(audience) }),
        settings: JSON.stringify(settings),
        ...(weight !== undefined && { weight }),
      };
    },
  };
}

const problemAt = (path: string, problem: string) =>
  new Failure('VALIDATION_ERROR', { details: [{ path, problem }] });

function audienceProblems({ recipients }: UpdateRequest): Problem[] {
  if (!recipients || recipients.type === 'all') return [];
  const { type, value } = recipients;
  const path = '/recipients/value';
  if (!value || value.length === 0) return [{ path, problem: `is needed for ${type}` }];
  const isOne = ['segment', 'upload', 'broadcast'].includes(type);
  if (isOne && value.length > 1) return [{ path, problem: `must be the id of one ${type}` }];
  return type === 'segment' && !isUuid(String(value[0]))
    ? [{ path, problem: 'must be the id of one segment' }]
    : [];
}

function settingsProblems(settings: SettingsRequest | undefined, before?: BroadcastRow): Problem[] {
  const { delayMin, delayMax } = { ...defaults, ...before?.settings, ...settings };
  if (delayMin <= delayMax) return [];
  return [{ path: '/settings/delayMax', problem: `must be at least delayMin (${delayMin})` }];
}

/** What a file was made of is not kept twice. */
function withoutFile(message: Record<string, unknown>): Record<string, unknown> {
  const { base64, ...rest } = message;
  return base64 === undefined ? rest : { ...rest, base64: null };
}
