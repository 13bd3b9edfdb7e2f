import { MultiWaError } from '@multiwa/sdk';

/** What the server has refused is not asked again; what it could not answer is, twice. */
export const retries = (failures: number, error: unknown): boolean =>
  failures < 2 && !(error instanceof MultiWaError && error.status >= 400 && error.status < 500);
