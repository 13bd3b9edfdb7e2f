import type { Config } from '../../platform/config/config.ts';
import type { Feature } from '../../platform/feature.ts';
import { serverRoutes } from './server.routes.ts';

export interface ServerDeps {
  version: string;
  config: Pick<
    Config,
    | 'passwordLengthMin'
    | 'smtpHost'
    | 'requestsPerMinute'
    | 'bodyBytesMax'
    | 'mediaBytesMax'
    | 'mediaBase64BytesMax'
  >;
  passwordLengthMax: number;
  /** Whether somebody could register now, and whether anybody has. */
  registration(): Promise<{ open: boolean; hasOrganization: boolean }>;
  /** The engines that can connect on this server. */
  engines(): string[];
  /** Whether this server has a language model to offer. */
  ai: boolean;
}

/** What a server says of itself to everybody: nothing in it helps to break in, and nothing is anybody's. */
export function createServerFacts(deps: ServerDeps): { feature: Feature } {
  const { version, config, passwordLengthMax, ai } = deps;
  const { requestsPerMinute, bodyBytesMax, mediaBytesMax, mediaBase64BytesMax } = config;
  return {
    feature: {
      name: 'server',
      routes: (app) =>
        serverRoutes(app, async () => {
          const engines = deps.engines();
          return {
            version,
            registration: await deps.registration(),
            password: { lengthMin: config.passwordLengthMin, lengthMax: passwordLengthMax },
            sandbox: engines.includes('sandbox'),
            mail: config.smtpHost !== undefined,
            push: true,
            ai,
            engines,
            limits: { requestsPerMinute, bodyBytesMax, mediaBytesMax, mediaBase64BytesMax },
          };
        }),
    },
  };
}
