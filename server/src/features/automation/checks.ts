import { Failure, type Problem } from '../../platform/failures.ts';
import type { Outbound } from '../../platform/outbound/outbound.ts';
import type { CheckTools } from './actions/action.ts';
import type { AutomationStore } from './automation.store.ts';
import { type Compiled, compile, type Definition } from './program/compile.ts';
import type { Program } from './program/program.ts';

const bytesMax = 65_536;

/** Compiles an automation and checks what needs more than itself: members, and addresses of other programs. */
export function createChecks(deps: {
  store: Pick<AutomationStore, 'membersAmong'>;
  outbound: Pick<Outbound, 'check'>;
  readSend: CheckTools['readSend'];
}) {
  async function strangersIn({ nodes }: Program, organizationId: string): Promise<Problem[]> {
    const named = Object.values(nodes).flatMap(({ id, kind, config }) =>
      ['assign_agent', 'handoff'].includes(kind) && typeof config.assignedUserId === 'string'
        ? [{ id, userId: config.assignedUserId }]
        : [],
    );
    const known = new Set(
      await deps.store.membersAmong(
        organizationId,
        named.map(({ userId }) => userId).filter((id) => /^[0-9a-f-]{36}$/i.test(id)),
      ),
    );
    return named
      .filter(({ userId }) => !known.has(userId.toLowerCase()))
      .map(({ id }) => ({
        path: `/actions/${id}/assignedUserId`,
        problem: 'is no member of the organization',
      }));
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

  return async (definition: Definition, organizationId: string): Promise<Compiled> => {
    assertSize(definition);
    const { program, problems } = compile(definition, deps);
    // Addresses that are none are told of already.
    const more = problems.length > 0 ? [] : await closedIn(program);
    return { program, problems: [...problems, ...(await strangersIn(program, organizationId)), ...more] };
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
