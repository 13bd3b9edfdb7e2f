import Type, { type Static } from 'typebox';

export const ServerAnswer = Type.Object(
  {
    version: Type.String({ examples: ['1.0.0'] }),
    registration: Type.Object({
      open: Type.Boolean({ description: 'Whether `POST /auth/register` takes anybody now.' }),
      hasOrganization: Type.Boolean({ description: 'False: nobody has registered yet.' }),
    }),
    password: Type.Object({
      lengthMin: Type.Integer({ examples: [8] }),
      lengthMax: Type.Integer({ examples: [128], description: 'In characters.' }),
    }),
    sandbox: Type.Boolean({
      description: 'Whether profiles can connect to the network inside, without a phone.',
    }),
    mail: Type.Boolean({
      description: 'Whether the server sends letters; without, invitations answer with their link.',
    }),
    push: Type.Boolean({ description: 'Whether browsers can be notified.' }),
    ai: Type.Boolean({ description: 'Whether a language model can be set up to answer.' }),
    engines: Type.Array(Type.String({ examples: ['baileys'] }), {
      description: 'Those that can connect here.',
    }),
    limits: Type.Object({
      requestsPerMinute: Type.Integer({ examples: [1200], description: '0: no limit.' }),
      bodyBytesMax: Type.Integer({ examples: [1_000_000] }),
      mediaBytesMax: Type.Integer({ examples: [100_000_000], description: 'Of a file.' }),
      mediaBase64BytesMax: Type.Integer({
        examples: [16_000_000],
        description: 'Of a file that stands in the body as base64.',
      }),
    }),
  },
  { title: 'Server' },
);
export type ServerFacts = Static<typeof ServerAnswer>;
