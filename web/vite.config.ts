import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
const { version } = JSON.parse(readFileSync(join(here, '../package.json'), 'utf8')) as { version: string };
/** Where `npm run dev` has the gateway. */
const gateway = 'http://127.0.0.1:3000';

export default defineConfig(({ mode }) => ({
  root: here,
  plugins: [react(), layered(), compressed()],
  define: { __VERSION__: JSON.stringify(version) },
  resolve: { alias: { '@multiwa/sdk': join(here, '../sdk/src/index.ts') } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The page loads nothing from data: addresses but pictures that it has made itself.
    assetsInlineLimit: 0,
    manifest: true,
    rolldownOptions: {
      // Every part in every state: for tests and for who builds pages, not for who uses them.
      input: mode === 'preview' ? ['index.html', 'preview.html'].map((page) => join(here, page)) : undefined,
    },
    sourcemap: true,
    target: ['chrome125', 'firefox129', 'safari18'],
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    port: 5173,
    proxy: {
      '/api': gateway,
      '/sandbox/api': gateway,
      '/socket.io': { target: gateway, ws: true },
    },
  },
}));

/** Says in each file of styles which layer counts more, for none knows which one is loaded first. */
function layered(): Plugin {
  return {
    name: 'layered',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
        file.source = `@layer tokens,base,parts,pages,still;${file.source}`;
      }
    },
  };
}

/** Writes each text once more, compressed, so that the server sends it as it lies there; `index.html` last of all. */
function compressed(): Plugin {
  const squeeze = promisify(brotliCompress);
  let folder = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved({ root, build }) {
      folder = resolve(root, build.outDir);
    },
    async closeBundle() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const texts = entries
        .filter((entry) => entry.isFile() && /\.(js|css|html|svg|webmanifest)$/.test(entry.name))
        .map(({ parentPath, name }) => join(parentPath, name));
      await Promise.all(
        texts.map(async (path) => {
          const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
          await writeFile(`${path}.br`, await squeeze(await readFile(path), { params }));
        }),
      );
      // The server looks at it to learn of a new build.
      const page = join(folder, 'index.html');
      await writeFile(page, await readFile(page));
    },
  };
}
