import { problemsOfHeaders } from '../../platform/custom-headers.ts';
import { Failure } from '../../platform/failures.ts';

/**
 * Custom headers of a request body.
 * @throws Failure VALIDATION_ERROR with every header that is malformed or reserved.
 */
export function readHeaders(headers: Record<string, string>): Record<string, string> {
  const details = problemsOfHeaders(headers, '/headers');
  if (details.length === 0) return headers;
  throw new Failure('VALIDATION_ERROR', { says: 'The custom headers are not usable.', details });
}
