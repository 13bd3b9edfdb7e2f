import { readFileSync, writeFileSync } from 'node:fs';
import { permissionsOfRole, systemRoles } from '../src/features/access/index.ts';
import { isPermission, permissions } from '../src/platform/permissions.ts';

/**
 * Writes `docs/access.md` from the committed API description and the roles: who may call which route. With
 * `--check` it only tells whether the committed file is the same.
 */
const path = new URL('../../docs/access.md', import.meta.url);
const description = new URL('../openapi.json', import.meta.url);
const { paths } = JSON.parse(readFileSync(description, 'utf8')) as {
  paths: Record<string, Record<string, { 'x-access': string }>>;
};
const roles = systemRoles.map(({ key }) => key);
const mark = (may: boolean) => (may ? 'yes' : '–');

/** A role's cell: what is no permission is open to whoever is signed in, or to everybody. */
const may = (role: string, access: string) => !isPermission(access) || permissionsOfRole(role).has(access);

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const head = (cells: readonly string[]) => [row(cells), row(cells.map(() => '---'))];

const routes = Object.entries(paths).flatMap(([address, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({
    route: `\`${method.toUpperCase()} ${address.replace('/api/v1', '')}\``,
    access: operation['x-access'],
  })),
);
const text = [
  '# Who may do what',
  '',
  'Printed from the code by `npm run access`; a test calls every route as everyone named here and compares.',
  '',
  'Access is one permission, or `public` (everybody), `signed-in` (any token or key), `person` (a token, no key).',
  'A key holds the scopes it was given, bounded by what its owner may do now; a key bound to profiles has nothing that',
  'is not about those profiles. Roles of your own (`/rbac/roles`) hold any set of permissions, in the whole',
  'organization, in one workspace or for one profile.',
  '',
  '## Roles',
  '',
  ...head(['permission', ...roles]),
  ...permissions.map((one) => row([`\`${one}\``, ...roles.map((role) => mark(may(role, one)))])),
  '',
  '## Routes',
  '',
  ...head(['route', 'access', ...roles]),
  ...routes.map(({ route, access }) => row([route, access, ...roles.map((role) => mark(may(role, access)))])),
  '',
].join('\n');

if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== text) {
    console.error('docs/access.md is not what the server declares: run `npm run access` and commit it.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(path, text);
  console.log(`docs/access.md: ${routes.length} routes`);
}
