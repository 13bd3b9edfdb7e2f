/** The system roles that a permission may be given to; an owner has every permission. */
export type PermittedRole = 'admin' | 'manager' | 'member' | 'operator' | 'viewer';

export interface PermissionRow {
  /** What it allows, in a sentence for people who define roles. */
  readonly says: string;
  /**
   * Where it can be granted: for one profile and in a workspace, in a workspace, or in the whole organisation
   * only. A key that is bound to profiles has only what is about profiles.
   */
  readonly about: 'profile' | 'workspace' | 'organization';
  readonly roles: readonly PermittedRole[];
  /** The scope of shipped clients that includes it: their scopes name areas, and these rows name actions. */
  readonly scope?: string;
}

const admins: readonly PermittedRole[] = ['admin'];
const leads: readonly PermittedRole[] = [...admins, 'manager'];
const team: readonly PermittedRole[] = [...leads, 'member'];
const answerers: readonly PermittedRole[] = [...team, 'operator'];
const everyone: readonly PermittedRole[] = [...answerers, 'viewer'];

// biome-ignore format: a table, one row per permission.
const rows = {
  'org:read': { says: 'See the organization and its settings.', about: 'organization', roles: everyone },
  'org:update': { says: 'Change the name and the settings of the organization.', about: 'organization', roles: admins },
  'org:delete': { says: 'Delete the organization, or hand it over to somebody else.', about: 'organization', roles: [] },
  'org:billing': { says: 'See and change the plan of the organization.', about: 'organization', roles: [] },
  'workspace:create': { says: 'Create workspaces.', about: 'organization', roles: admins },
  'workspace:read': { says: 'See workspaces and accounts.', about: 'workspace', roles: everyone },
  'workspace:update': { says: 'Change workspaces and their accounts.', about: 'workspace', roles: admins },
  'workspace:delete': { says: 'Delete workspaces with everything in them.', about: 'organization', roles: admins },
  'profile:create': { says: 'Add profiles, the phones of the organization.', about: 'workspace', roles: admins, scope: 'profiles:write' },
  'profile:read': { says: 'See profiles and whether they are connected.', about: 'profile', roles: everyone, scope: 'profiles:read' },
  'profile:update': { says: 'Change the names and the settings of profiles.', about: 'profile', roles: team, scope: 'profiles:write' },
  'profile:delete': { says: 'Delete profiles with their messages.', about: 'profile', roles: admins, scope: 'profiles:write' },
  'profile:connect': { says: 'Connect and disconnect profiles, and see the codes that pair them.', about: 'profile', roles: team, scope: 'profiles:write' },
  'message:send': { says: 'Send messages, and act in chats and groups.', about: 'profile', roles: answerers, scope: 'messages:write' },
  'message:read': { says: 'Read messages and conversations.', about: 'profile', roles: everyone, scope: 'messages:read' },
  'message:delete': { says: 'Delete messages and conversations.', about: 'profile', roles: leads, scope: 'messages:write' },
  'conversation:assign': { says: 'Give conversations to members.', about: 'profile', roles: answerers, scope: 'messages:write' },
  'label:manage': { says: 'Make, change and delete the labels of the organization.', about: 'organization', roles: team },
  'contact:create': { says: 'Add contacts.', about: 'profile', roles: answerers, scope: 'contacts:write' },
  'contact:read': { says: 'See contacts.', about: 'profile', roles: everyone, scope: 'contacts:read' },
  'contact:update': { says: 'Change contacts and their tags.', about: 'profile', roles: answerers, scope: 'contacts:write' },
  'contact:delete': { says: 'Delete contacts.', about: 'profile', roles: leads, scope: 'contacts:write' },
  'contact:import': { says: 'Import contacts from files and phones.', about: 'profile', roles: team, scope: 'contacts:write' },
  'contact:export': { says: 'Export contacts to files.', about: 'profile', roles: team, scope: 'contacts:read' },
  'template:create': { says: 'Write message templates.', about: 'profile', roles: team },
  'template:read': { says: 'See and use message templates.', about: 'profile', roles: everyone },
  'template:update': { says: 'Change message templates.', about: 'profile', roles: team },
  'template:delete': { says: 'Delete message templates.', about: 'profile', roles: leads },
  'broadcast:create': { says: 'Prepare broadcasts.', about: 'profile', roles: team, scope: 'broadcast:write' },
  'broadcast:read': { says: 'See broadcasts and how they went.', about: 'profile', roles: everyone, scope: 'broadcast:write' },
  'broadcast:execute': { says: 'Start, pause and cancel broadcasts.', about: 'profile', roles: team, scope: 'broadcast:write' },
  'broadcast:delete': { says: 'Delete broadcasts.', about: 'profile', roles: leads, scope: 'broadcast:write' },
  'automation:create': { says: 'Create automation rules.', about: 'profile', roles: leads },
  'automation:read': { says: 'See automation rules.', about: 'profile', roles: [...team, 'viewer'] },
  'automation:update': { says: 'Change automation rules, and switch them on and off.', about: 'profile', roles: team },
  'automation:delete': { says: 'Delete automation rules.', about: 'profile', roles: leads },
  'ai:use': { says: 'Ask the language model, and see what it costs.', about: 'profile', roles: answerers },
  'knowledge:read': { says: 'See and search what profiles know.', about: 'profile', roles: everyone },
  'knowledge:manage': { says: 'Put documents into what profiles know, and take them out.', about: 'profile', roles: team },
  'user:invite': { says: 'Invite people to the organization.', about: 'organization', roles: admins },
  'user:read': { says: 'See the members of the organization and their roles.', about: 'organization', roles: everyone },
  'user:update': { says: 'Change members and their base roles, and disable them.', about: 'organization', roles: admins },
  'user:remove': { says: 'Remove members from the organization.', about: 'organization', roles: admins },
  'role:manage': { says: 'Create, change and delete roles, and say who holds them where.', about: 'organization', roles: [] },
  'apikey:create': { says: 'Create API keys of their own.', about: 'organization', roles: admins },
  'apikey:read': { says: 'See their own API keys.', about: 'organization', roles: admins },
  'apikey:delete': { says: 'Revoke their own API keys.', about: 'organization', roles: admins },
  'webhook:manage': { says: 'See, create, change and delete webhooks and incoming hooks.', about: 'profile', roles: admins, scope: 'webhooks:write' },
  'audit:read': { says: 'Read and export the audit log.', about: 'organization', roles: admins },
  'settings:read': { says: 'See the settings of the server and its integrations.', about: 'organization', roles: team },
  'settings:update': { says: 'Change the settings of the server and its integrations.', about: 'organization', roles: admins },
} satisfies Readonly<Record<string, PermissionRow>>;

export type Permission = keyof typeof rows;

/**
 * Every permission there is, once: what roles and scopes allow, how far a grant reaches, what clients read about
 * it and `docs/access.md` all follow from these rows.
 */
export const permissionRows: Readonly<Record<Permission, PermissionRow>> = rows;

/** The permissions in the order of the table. */
export const permissions = Object.keys(rows) as readonly Permission[];

const known = new Set<string>(permissions);

export function isPermission(word: string): word is Permission {
  return known.has(word);
}
