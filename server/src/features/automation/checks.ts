import { Failure, type Problem } from '../../platform/failures.ts';
import { isUuid } from '../../platform/ids.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { CheckTools } from './actions/action.ts';
import type { AutomationStore } from './automation.store.ts';
import { type Compiled, compile } from './program/compile.ts';
import type { Definition } from './program/definition.ts';
import type { Program } from './program/program.ts';
import type { StepHeaders } from './step-headers.ts';

const bytesMax = 65_536;

/** Where actions name a member. */
const memberFields: Readonly<Record<string, readonly string[]>> = {
  assign_agent: ['assignedUserId', 'assignedUserIds'],
  ...{ handoff: ['assignedUserId'], notify: ['userId'] },
};

/**
 * Compiles an automation and checks what needs more than itself: members, and addresses of other programs. One that is not
 * kept has no `id`.
 */
export function createChecks(deps: {
  store: Pick<AutomationStore, 'membersAmong' | 'ofProfileAmong' | 'templatesAmong'>;
  outbound: Pick<Outbound, 'check'>;
  readSend: CheckTools['readSend'];
  stepHeaders: Pick<StepHeaders, 'open'>;
}) {
  async function strangersIn({ nodes }: Program, organizationId: string): Promise<Problem[]> {
    const named = Object.values(nodes).flatMap(({ id, kind, config }) => {
      const fields = Object.hasOwn(memberFields, kind) ? (memberFields[kind] ?? []) : [];
      return fields.flatMap((field) =>
        [config[field]]
          .flat()
          .flatMap((userId) => (typeof userId === 'string' ? [{ id, field, userId }] : [])),
      );
    });
    const known = new Set(
      await deps.store.membersAmong(
        organizationId,
        named.map(({ userId }) => userId).filter((id) => /^[0-9a-f-]{36}$/i.test(id)),
      ),
    );
    return named
      .filter(({ userId }) => !known.has(userId.toLowerCase()))
      .map(({ id, field }) => ({
        path: `/actions/${id}/${field}`,
        problem: 'is no member of the organization',
      }));
  }

  /** Other automations are those of the profile, templates those of the organisation. */
  async function missingIn(
    { nodes }: Program,
    organizationId: string,
    profileId: string,
  ): Promise<Problem[]> {
    const all = Object.values(nodes).flatMap(({ id, kind, config }) => {
      const field =
        kind === 'start_flow' ? 'automationId' : kind === 'send_template' ? 'templateId' : undefined;
      const named = field && config[field];
      return field && typeof named === 'string' && isUuid(named) ? [{ id, field, named }] : [];
    });
    if (all.length === 0) return [];
    const among = (field: string) => all.filter((one) => one.field === field).map(({ named }) => named);
    const known = new Set([
      ...(await deps.store.ofProfileAmong(profileId, among('automationId'))),
      ...(await deps.store.templatesAmong(organizationId, among('templateId'))),
    ]);
    return all
      .filter(({ named }) => !known.has(named.toLowerCase()))
      .map(({ id, field }) => ({ path: `/actions/${id}/${field}`, problem: 'is not known here' }));
  }

  async function closedIn({ nodes }: Program): Promise<Problem[]> {
    const problems: Problem[] = [];
    for (const { id, kind, config } of Object.values(nodes)) {
      if (kind !== 'webhook' || typeof config.url !== 'string') continue;
      try {
        await deps.outbound.check(config.url);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        problems.push({ path: `/actions/${id}/url`, problem: error.message });
      }
    }
    return problems;
  }

  return async (
    definition: Definition & { profileId: string; id?: string },
    organizationId: string,
  ): Promise<Compiled> => {
    assertSize(definition);
    const openHeaders = (headers: unknown) => deps.stepHeaders.open(definition.id, headers);
    const { program, problems } = compile(definition, { readSend: deps.readSend, openHeaders });
    // Addresses that are none are told of already.
    const more = problems.length > 0 ? [] : await closedIn(program);
    const others = [
      ...(await strangersIn(program, organizationId)),
      ...(await missingIn(program, organizationId, definition.profileId)),
    ];
    return { program, problems: [...problems, ...others, ...more] };
  };
}

function assertSize({ triggerConfig, conditions, actions, graph, settings }: Definition): void {
  const parts = { triggerConfig, conditions, actions, graph, settings };
  const details = Object.entries(parts).flatMap(([name, value]) =>
    Buffer.byteLength(JSON.stringify(value)) > bytesMax
      ? [{ path: `/${name}`, problem: `must not be longer than ${bytesMax} bytes as JSON` }]
      : [],
  );
  if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
}
