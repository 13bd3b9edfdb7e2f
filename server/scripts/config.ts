import { describeSettings } from '../src/platform/config/config.ts';

console.log(`# Settings

Every setting is an environment variable, and every one is optional.

${describeSettings()}`);
