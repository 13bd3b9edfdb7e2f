import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { DEFAULT_CONNECTION_CONFIG } from 'baileys';
import { Type } from 'typebox';
import { versionParts } from '../findings/version.ts';
import type { Network } from '../network.ts';

/** Where existing Baileys tooling looks for the newest WhatsApp Web, as `web.whatsapp.com` has it. */
export function webVersionRoutes(network: () => Network): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/sw.js',
      {
        schema: {
          tags: ['Network'],
          summary: 'The script in which tooling finds the version of WhatsApp Web (`client_revision`).',
          response: { 200: Type.String({ examples: ['…{"client_revision":1043857760}…'] }) },
        },
      },
      async (_request, reply) => {
        void reply.header('cache-control', 'no-cache').type('application/javascript; charset=utf-8');
        return `self.__version = ${JSON.stringify({ client_revision: revision(network()) })};\n`;
      },
    );
  };
}

/** The version of the codecs that this network is built with, or the oldest that may log in when that is newer. */
function revision({ checks }: Network): number {
  const spoken = DEFAULT_CONNECTION_CONFIG.version[2];
  const [, , required = 0] = versionParts(checks.strictness.now.minVersion ?? '') ?? [];
  return Math.max(spoken, required);
}
