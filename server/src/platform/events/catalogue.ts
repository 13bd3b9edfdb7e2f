import type { Permission } from '../permissions.ts';
import type { EventDefinition } from './define.ts';

/** An event as people look it up. */
export interface CatalogueEntry {
  name: string;
  what: string;
  permission: Permission;
  /** Sockets and streams hear it at its moment; webhooks and pages of `GET /events` do not. */
  isPassing: boolean;
  /** JSON Schema of `data`. */
  schema: Record<string, unknown>;
  /** A `data` that fits the schema. */
  example: Record<string, unknown>;
}

/** Everything that clients can hear of, by name. */
export function catalogueOf(definitions: readonly EventDefinition[]): CatalogueEntry[] {
  return definitions
    .filter(({ isPublic, isPassing }) => isPublic || isPassing)
    .map(({ name, what, permission, isPassing, data, example }) => ({
      ...{ name, what, permission, isPassing, example: example ?? {} },
      // Only what JSON Schema knows: TypeBox keeps notes of its own.
      schema: JSON.parse(JSON.stringify(data)) as Record<string, unknown>,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
