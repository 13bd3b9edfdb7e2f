/** There was no answer. The message is a sentence for the person who set the URL; it never names an address. */
export class OutboundFailed extends Error {
  constructor(says: string, options: { cause?: unknown } = {}) {
    super(says, options);
    this.name = 'OutboundFailed';
  }
}

const sentences: Record<string, string> = {
  ECONNREFUSED: 'The connection was refused.',
  ECONNRESET: 'The connection broke off before an answer came.',
  EPIPE: 'The connection broke off before an answer came.',
  UND_ERR_SOCKET: 'The connection broke off before an answer came.',
  ENOTFOUND: 'The host name could not be resolved.',
  EAI_AGAIN: 'The host name could not be resolved.',
  EHOSTUNREACH: 'The host could not be reached.',
  ENETUNREACH: 'The host could not be reached.',
  ETIMEDOUT: 'The connection timed out.',
  UND_ERR_CONNECT_TIMEOUT: 'The connection timed out.',
  UND_ERR_HEADERS_TIMEOUT: 'No answer came in time.',
  UND_ERR_BODY_TIMEOUT: 'The answer stopped coming.',
  UND_ERR_HEADERS_OVERFLOW: 'The headers of the answer were too large.',
};

/** What went wrong with a request, for people. */
export function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'The request failed.';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') {
    return `No answer came within ${timeoutMs / 1000} s.`;
  }
  const code = codeOf(error);
  if (error.name === 'HTTPParserError') return 'The answer was not HTTP.';
  if (/^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/.test(code)) {
    return `The TLS connection failed (${code}).`;
  }
  return sentences[code] ?? 'The request failed.';
}

function codeOf(error: Error): string {
  // Node collects the failures of several addresses; the first one is enough for a sentence.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return String((first as NodeJS.ErrnoException | undefined)?.code ?? '');
}
