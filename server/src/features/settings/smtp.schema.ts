import Type, { type Static } from 'typebox';
import { Nullable } from '../../http/schema.ts';

const example = {
  host: 'smtp.example.com',
  port: 587,
  user: 'letters@example.com',
  pass: 'a password',
  from: 'Bakery <letters@example.com>',
};
const Port = Type.Integer({ minimum: 1, maximum: 65_535, examples: [587] });
const text = (maxLength: number, examples: string[], description: string) =>
  Type.Optional(Nullable(Type.String({ maxLength, examples, description })));

const body = {
  host: text(
    253,
    [example.host],
    'A name or an address; null or empty: the mail server of this server again.',
  ),
  port: Type.Optional(Nullable(Port)),
  user: text(320, [example.user], 'Null or empty: no login.'),
  pass: text(1_024, [example.pass], 'The mask that was answered keeps the password.'),
  from: text(400, [example.from], 'Sender of letters; `user` unless said.'),
  secure: Type.Optional(
    Nullable(
      Type.Boolean({
        description: 'TLS from the first byte, as on port 465; else STARTTLS where it is offered.',
        examples: [false],
      }),
    ),
  ),
};
export const SmtpBody = Type.Object(body, {
  title: 'SmtpSettingsBody',
  description: 'What is absent stays.',
  examples: [example],
});
export const SmtpTestBody = Type.Object(body, {
  title: 'SmtpTestBody',
  description: 'What would be set; absent or masked values are those that are set.',
  examples: [{}],
});
export const SmtpTestQuery = Type.Object({
  sendTo: Type.Optional(
    Type.String({
      maxLength: 320,
      description: 'Sends a letter there, too. With the mail server of this server only to your own address.',
    }),
  ),
});
export const Smtp = Type.Object(
  {
    host: Nullable(Type.String({ examples: [example.host] })),
    port: Nullable(Port),
    user: Nullable(Type.String({ examples: [example.user] })),
    pass: Nullable(Type.String({ description: 'Masked.', examples: ['********word'] })),
    from: Nullable(Type.String({ examples: [example.from] })),
    secure: Type.Boolean({ examples: [false] }),
    source: Type.Enum(['database', 'env', 'none'], {
      description:
        '`database`: set by this organisation. `env`: the mail server of this server, of which only the sender is shown. ' +
        '`none`: no letters are sent.',
    }),
  },
  { title: 'SmtpSettings' },
);
export const SmtpSaved = Type.Object(
  { success: Type.Boolean(), message: Type.String({ examples: ['Saved.'] }), smtp: Smtp },
  { title: 'SmtpSettingsSaved' },
);
export const SmtpTested = Type.Object(
  {
    success: Type.Boolean(),
    message: Type.String({ examples: ['smtp.example.com took the login.'] }),
    code: Nullable(
      Type.Enum(['dns', 'target', 'connection', 'tls', 'login', 'sender', 'recipient', 'timeout', 'other'], {
        description: 'What went wrong.',
      }),
    ),
    durationMs: Type.Integer({ examples: [120] }),
  },
  { title: 'SmtpTestResult' },
);

export type SmtpBodyFields = Static<typeof SmtpBody>;
export type SmtpFault = NonNullable<Static<typeof SmtpTested>['code']>;
