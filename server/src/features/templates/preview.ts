import { given } from '../../http/schema.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Db } from '../../platform/db/transaction.ts';
import { Failure, type Problem } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import { profileOf } from '../../platform/known-profiles.store.ts';
import type { Rate } from '../../platform/rate.ts';
import { reachOf } from '../../platform/reach.ts';
import type { Messages } from '../messages/index.ts';
import { namesIn, render, type Source } from './render.ts';
import type { PreviewContentBody, PreviewTemplateBody } from './templates.schema.ts';
import type { ContactFacts, TemplateStore } from './templates.store.ts';

type Said = Record<string, unknown>;

/** What a contact has to say in a message: a name or number that is not known is missing, not empty. */
export function contactSource({ name, phone, metadata }: ContactFacts): Source {
  return { from: 'contact', values: { ...(name && { name }), ...(phone && { phone }), metadata } };
}

/** Shows what a template becomes; nothing is sent, and nothing counts as used. */
export function createPreview(deps: {
  db: Db;
  store: TemplateStore;
  messages: Pick<Messages, 'readSend'>;
  /** It reads people's data: how often an organisation may ask. */
  rate: Rate;
}) {
  const { store } = deps;

  async function sourcesOf(
    actor: Actor,
    profileId: string,
    { variables = {}, contactId }: { variables?: Said | undefined; contactId?: string | null | undefined },
  ): Promise<Source[]> {
    const id = given(contactId);
    const reach = id === undefined ? undefined : reachOf(actor, 'contact:read');
    if (id !== undefined && !reach) throw new Failure('PERMISSION_DENIED');
    const tenancy = { organizationId: actor.organizationId, ...(reach && { reach }) };
    const contact = id && isUuid(id) ? await store.contact(tenancy, profileId, id) : undefined;
    if (id !== undefined && !contact) throw new Failure('CONTACT_NOT_FOUND');
    return [
      { from: 'variables', values: variables },
      ...(contact ? [contactSource(contact)] : []),
      { from: 'organization', values: { organization: { name: await store.organizationName(actor) } } },
    ];
  }

  /** @param variables the names in it, in the order they were typed: the database has fields in an order of its own */
  function shown(
    {
      template,
      type,
      original,
      variables,
    }: {
      template: string | null;
      type: string;
      original: Said;
      variables: string[];
    },
    sources: readonly Source[],
  ) {
    const { rendered, unknown, used } = render(original, sources);
    const read = deps.messages.readSend(type, rendered);
    const problems: Problem[] = 'problems' in read ? read.problems : [];
    const placeOf = new Map(variables.map((name, place) => [name, place]));
    const values = used.toSorted((a, b) => (placeOf.get(a.name) ?? 0) - (placeOf.get(b.name) ?? 0));
    return { template, original, rendered, variables, values, missing: unknown, problems };
  }

  return {
    /** @throws Failure TEMPLATE_NOT_FOUND, CONTACT_NOT_FOUND, VALIDATION_ERROR, RATE_LIMITED */
    async saved(actor: Actor, id: string, body: PreviewTemplateBody) {
      const row = await store.find(actor, id);
      if (!row) throw new Failure('TEMPLATE_NOT_FOUND');
      deps.rate.count(actor.organizationId);
      const { name: template, message_type: type, content: original, variables } = row;
      const sources = await sourcesOf(actor, row.profile_id, body);
      return shown({ template, type, original, variables }, sources);
    },

    /** Of what is not saved. @throws Failure PROFILE_NOT_FOUND, CONTACT_NOT_FOUND, VALIDATION_ERROR, RATE_LIMITED */
    async unsaved(actor: Actor, body: PreviewContentBody) {
      const profileId = await profileOf(deps.db, actor, body.profileId);
      deps.rate.count(actor.organizationId);
      const { messageType: type, content: original } = body;
      const sources = await sourcesOf(actor, profileId, body);
      return shown({ template: null, type, original, variables: namesIn(original) }, sources);
    },
  };
}

export type Preview = ReturnType<typeof createPreview>;
