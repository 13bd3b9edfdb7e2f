import { createHmac, timingSafeEqual } from 'node:crypto';

export const signatureForms = [
  'none',
  'hmac',
  'github',
  'stripe',
  'shopify',
  'woocommerce',
  'standard',
] as const;
export const algorithms = ['sha256', 'sha1', 'sha512'] as const;
export const encodings = ['hex', 'base64'] as const;

/** How a sender proves that a request is its own. The other fields count for `hmac`, the tolerance where a time is signed. */
export interface Signature {
  form: (typeof signatureForms)[number];
  header?: string;
  algorithm?: (typeof algorithms)[number];
  encoding?: (typeof encodings)[number];
  /** Stands before the signature, as in `sha256=`. */
  prefix?: string;
  toleranceSeconds?: number;
}

interface SignedRequest {
  headers: Readonly<Record<string, string>>;
  raw: Buffer;
}

const toleranceSecondsDefault = 300;
/** A header names a few signatures while a secret is changed, never hundreds. */
const signaturesMax = 10;

/**
 * Why a request is not believed, in a sentence without anything of the secret; undefined when its signature is right.
 * Signatures are compared in constant time.
 */
export function whyNotSigned(
  signature: Signature,
  secret: string,
  request: SignedRequest,
  now: Date,
): string | undefined {
  switch (signature.form) {
    case 'none':
      return undefined;
    case 'stripe':
      return whyNotStripe(signature, secret, request, now);
    case 'standard':
      return whyNotStandard(signature, secret, request, now);
    default:
      return whyNotPlain(plainForms[signature.form] ?? signature, secret, request);
  }
}

type PlainForm = Omit<Signature, 'form'>;

/** The forms that are one HMAC of the body in one header. */
const plainForms: Partial<Record<Signature['form'], PlainForm>> = {
  github: { header: 'x-hub-signature-256', prefix: 'sha256=' },
  shopify: { header: 'x-shopify-hmac-sha256', encoding: 'base64' },
  woocommerce: { header: 'x-wc-webhook-signature', encoding: 'base64' },
};

function whyNotPlain(form: PlainForm, secret: string, { headers, raw }: SignedRequest): string | undefined {
  const { header = 'x-signature', algorithm = 'sha256', encoding = 'hex', prefix = '' } = form;
  const given = headers[header.toLowerCase()];
  if (given === undefined) return `The header ${header} is missing.`;
  if (!given.startsWith(prefix)) return `The header ${header} does not begin with ${prefix}.`;
  const right = createHmac(algorithm, secret).update(raw).digest();
  return isSame(right, given.slice(prefix.length), encoding)
    ? undefined
    : `The signature in ${header} is wrong.`;
}

/** `Stripe-Signature: t=<seconds>,v1=<hex>`, over `t.body`. */
function whyNotStripe(
  { toleranceSeconds }: Signature,
  secret: string,
  { headers, raw }: SignedRequest,
  now: Date,
): string | undefined {
  const given = headers['stripe-signature'];
  if (given === undefined) return 'The header Stripe-Signature is missing.';
  const parts = given
    .split(',', signaturesMax)
    .map((part): [string, string] => [
      part.slice(0, part.indexOf('=')).trim(),
      part.slice(part.indexOf('=') + 1),
    ]);
  const time = parts.find(([name]) => name === 't')?.[1] ?? '';
  const late = whyNotNow(time, toleranceSeconds, now);
  if (late) return late;
  const right = createHmac('sha256', secret).update(`${time}.`).update(raw).digest();
  const isRight = parts.some(([name, text]) => name === 'v1' && isSame(right, text, 'hex'));
  return isRight ? undefined : 'The signature in Stripe-Signature is wrong.';
}

/** Standard Webhooks 1.0: `v1,<base64>` over `id.timestamp.body`, keyed with what follows `whsec_`. */
function whyNotStandard(
  { toleranceSeconds }: Signature,
  secret: string,
  { headers, raw }: SignedRequest,
  now: Date,
): string | undefined {
  const { 'webhook-id': id = '', 'webhook-timestamp': time = '', 'webhook-signature': given = '' } = headers;
  if (!id || !given) return 'The headers webhook-id, webhook-timestamp and webhook-signature are needed.';
  const late = whyNotNow(time, toleranceSeconds, now);
  if (late) return late;
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret;
  const right = createHmac('sha256', key).update(`${id}.${time}.`).update(raw).digest();
  const isRight = given
    .split(' ', signaturesMax)
    .some((one) => one.startsWith('v1,') && isSame(right, one.slice(3), 'base64'));
  return isRight ? undefined : 'The signature in webhook-signature is wrong.';
}

function whyNotNow(
  seconds: string,
  toleranceSeconds = toleranceSecondsDefault,
  now: Date,
): string | undefined {
  if (!/^\d{1,12}$/.test(seconds)) return 'The signature has no time.';
  const apart = Math.abs(now.getTime() / 1_000 - Number(seconds));
  return apart > toleranceSeconds ? 'The signature is too old, or from a clock that is wrong.' : undefined;
}

function isSame(right: Buffer, text: string, encoding: 'hex' | 'base64'): boolean {
  const given = Buffer.from(text.trim(), encoding);
  return given.length === right.length && timingSafeEqual(given, right);
}
