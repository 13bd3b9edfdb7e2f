import { Failure } from '../../../platform/failures.ts';

/** How a call ended, as it is kept. */
export type Outcome =
  | 'ok'
  | 'timeout'
  | 'connection'
  | 'busy'
  | 'server'
  | 'unreadable'
  | 'too-large'
  | 'key'
  | 'model'
  | 'refused'
  | 'target';

/** Nothing usable came from the provider. */
export class ProviderTrouble extends Error {
  readonly outcome: Exclude<Outcome, 'ok'>;
  readonly retryAfterMs: number | undefined;
  /** What the provider said, for whoever has configured it. */
  readonly said: string | undefined;

  constructor(
    outcome: Exclude<Outcome, 'ok'>,
    more: { said?: string | undefined; retryAfterMs?: number | undefined; message?: string } = {},
  ) {
    super(more.message ?? outcome);
    this.name = 'ProviderTrouble';
    this.outcome = outcome;
    this.said = more.said;
    this.retryAfterMs = more.retryAfterMs;
  }

  /** The same may go well a moment later. */
  get isPassing(): boolean {
    return ['connection', 'busy', 'server'].includes(this.outcome);
  }

  /** It says something about the provider, and not about what it was asked. */
  get isOfProvider(): boolean {
    return ['timeout', 'connection', 'server', 'unreadable', 'too-large'].includes(this.outcome);
  }

  /** The provider may have worked on it, and will want to be paid. */
  get mayCost(): boolean {
    return ['timeout', 'unreadable', 'too-large'].includes(this.outcome);
  }
}

const saidLengthMax = 300;

const sentences: Record<Exclude<Outcome, 'ok'>, string> = {
  timeout: 'The language model did not answer in time.',
  connection: 'The server of the language model could not be reached.',
  busy: 'The server of the language model asks to come back later.',
  server: 'The server of the language model has a fault.',
  unreadable: 'The server of the language model did not answer as an OpenAI-compatible server does.',
  'too-large': 'The answer of the language model was too large.',
  key: 'The server of the language model refused the key.',
  model: 'The server of the language model does not know the model or the address.',
  refused: 'The language model refused this.',
  target:
    'The server of the language model may not be reached from here: OUTBOUND_ALLOW lists private targets that may.',
};

/** What went wrong, in words. */
export const sentenceOf = (outcome: Exclude<Outcome, 'ok'>): string => sentences[outcome];

/** What a client is told of it. The words of the provider stand in `details` only. */
export function failureOf({ outcome, said, retryAfterMs }: ProviderTrouble): Failure {
  return new Failure(outcome === 'refused' ? 'AI_REFUSED' : 'AI_UNAVAILABLE', {
    says: sentences[outcome],
    ...(said && { details: [{ path: 'provider', problem: said }] }),
    ...(retryAfterMs !== undefined && { retryAfterSeconds: retryAfterMs / 1_000 }),
  });
}

/** The beginning of what a provider said, on one line and without the key. */
export function quoted(text: string, secrets: readonly (string | null)[]): string | undefined {
  let said = text;
  for (const secret of secrets) if (secret) said = said.replaceAll(secret, '***');
  return (
    said
      .replaceAll(/\b(sk|pk|key)-[\w-]{8,}/gi, '***')
      .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
      .trim()
      .slice(0, saidLengthMax)
      .toWellFormed() || undefined
  );
}
