import type { Actor } from '../../platform/actor.ts';
import type { Permission } from '../../platform/permissions.ts';
import { assertNotAbove, type GrantRow } from '../access/index.ts';

/** What somebody was given: a system role, and roles of the table, in the whole organisation or in one place. */
export interface Given {
  role: string;
  grants: readonly GrantRow[];
}

/** Nobody changes who may do more. @throws Failure PERMISSION_DENIED */
export function assertMayChange(actor: Actor, theirs: Iterable<Permission>): void {
  assertNotAbove(actor, theirs, 'They may do more than you: only their equal can do this.');
}
