import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** For work on the code: the server starts anew when it changes, and Vite serves the dashboard at http://localhost:5173. */
const programs = [
  [
    process.execPath,
    '--watch-path=server/src',
    '--watch-path=sandbox/src',
    '--watch-preserve-output',
    'server/src/main.ts',
  ],
  [process.execPath, 'node_modules/vite/bin/vite.js', 'web', '--clearScreen', 'false'],
];
const children = programs.map(([program = '', ...args]) => spawn(program, args, { stdio: 'inherit' }));
const end = () => {
  for (const child of children) child.kill('SIGTERM');
};
process.once('SIGINT', end);
process.once('SIGTERM', end);
await Promise.race(children.map((child) => once(child, 'exit')));
end();
