import { Failure } from '../../platform/failures.ts';

const fieldsMax = 1_000;
const headersMax = 30;
const headerLengthMax = 256;
/** Beside those that begin with `x-`. */
const plainHeaders = new Set([
  'content-type',
  'user-agent',
  'idempotency-key',
  'webhook-id',
  'webhook-timestamp',
]);
/** Proofs and ways are nobody's business later. */
const hiddenHeaders = /signature|hmac|secret|token|auth|cookie|api-key|forwarded|real-ip/;

/** Reads JSON as the bodies of all routes are read. @throws Failure MALFORMED_JSON, VALIDATION_ERROR */
export type ParseJson = (bytes: Buffer) => unknown;

/**
 * Reads what another program posted: JSON, or a form, whose fields become an object. A form with one field `payload` is
 * the JSON in it, as GitHub sends.
 * @throws Failure MALFORMED_JSON, VALIDATION_ERROR or UNSUPPORTED_MEDIA_TYPE
 */
export function readPayload(parseJson: ParseJson, raw: Buffer, contentType = ''): unknown {
  if (raw.length === 0) return {};
  if (/^application\/x-www-form-urlencoded/i.test(contentType)) return readFields(parseJson, raw);
  const first = raw.toString('latin1', 0, 200).trimStart()[0] ?? '';
  if (/^application\/([\w.-]+\+)?json/i.test(contentType) || first === '{' || first === '[') {
    return parseJson(raw);
  }
  throw new Failure('UNSUPPORTED_MEDIA_TYPE', { says: 'Post JSON or a form (x-www-form-urlencoded).' });
}

function readFields(parseJson: ParseJson, raw: Buffer): unknown {
  const fields = new Map<string, string | string[]>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(raw.toString('utf8'))) {
    if (++count > fieldsMax) throw new Failure('VALIDATION_ERROR', { says: 'The form has too many fields.' });
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : [before, value].flat());
  }
  const payload = fields.get('payload');
  const text =
    fields.size === 1 && typeof payload === 'string' ? payload : JSON.stringify(Object.fromEntries(fields));
  return parseJson(Buffer.from(text));
}

/** The headers that mappings may read and that are kept with a receipt. */
export function keptHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const kept = Object.entries(headers)
    .filter(([name]) => (name.startsWith('x-') || plainHeaders.has(name)) && !hiddenHeaders.test(name))
    .slice(0, headersMax);
  return Object.fromEntries(
    kept.map(([name, value]) => [name, String(value ?? '').slice(0, headerLengthMax)]),
  );
}
