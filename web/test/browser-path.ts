import { existsSync } from 'node:fs';

/** Where Debian, Ubuntu, macOS and Google put it. */
const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser of this machine that journeys are made with; undefined: there is none. `CHROMIUM` names another one. */
export const browserPath: string | undefined = [process.env.CHROMIUM ?? '', ...usual].find(
  (path) => path !== '' && existsSync(path),
);
