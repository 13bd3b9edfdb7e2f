import Type, { type Static } from 'typebox';
import { Absentable } from '../../../http/schema.ts';
import { Code, Password } from '../fields.ts';

export const TwoFactorSecret = Type.Object(
  {
    secret: Type.String({ examples: ['JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'], description: 'Base32.' }),
    otpauthUrl: Type.String({ examples: ['otpauth://totp/MultiWA:owner%40example.com?issuer=MultiWA'] }),
    qrCodeDataUrl: Type.String({ examples: ['data:image/png;base64,iVBORw0KGgo…'] }),
  },
  { title: 'TwoFactorSecret' },
);

export const EnableBody = Type.Object(
  { token: Code },
  { title: 'TwoFactorEnable', examples: [{ token: '492039' }] },
);

const codes = Type.Array(Type.String({ examples: ['9F1C04AB'] }), {
  description: 'Each is good once instead of a code. They are shown this one time.',
});

export const TwoFactorEnabled = Type.Object(
  { enabled: Type.Boolean({ examples: [true] }), backupCodes: codes },
  { title: 'TwoFactorEnabled' },
);

export const BackupCodes = Type.Object({ backupCodes: codes }, { title: 'BackupCodes' });

export const ProofBody = Type.Object(
  { password: Absentable(Password), token: Absentable(Code) },
  {
    title: 'Proof',
    description: 'The current password, or a code.',
    examples: [{ password: 'three blue bicycles' }],
  },
);
export type Proof = Static<typeof ProofBody>;
