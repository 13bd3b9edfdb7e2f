import { type Permission, permissions } from '../../session/index.ts';

/** What a key is mostly made for. `own`: chosen one by one. */
export const presets = ['all', 'send', 'read', 'own'] as const;
export type Preset = (typeof presets)[number];

const sending: readonly Permission[] = ['message:send', 'message:read', 'profile:read'];

/** The scopes of a preset, of what its maker may. An empty list is everything. */
export function scopesOf(
  preset: Exclude<Preset, 'own'>,
  may: (permission: Permission) => boolean,
): Permission[] {
  if (preset === 'all') return [];
  const wanted =
    preset === 'send' ? sending : permissions.filter((permission) => permission.endsWith(':read'));
  return wanted.filter(may);
}

/** What its maker may, by area and in the order of the catalogue. */
export function areasOf(may: (permission: Permission) => boolean): Map<string, Permission[]> {
  return Map.groupBy(permissions.filter(may), (permission) => permission.slice(0, permission.indexOf(':')));
}

/** `message:send` is `['message', 'send']`. */
export function partsOf(permission: string): [area: string, act: string] {
  const at = permission.indexOf(':');
  return [permission.slice(0, at), permission.slice(at + 1)];
}
