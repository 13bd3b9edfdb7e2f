import type { Operation, Parameter } from './operations.ts';

/** What somebody filled in. */
export interface Filled {
  /** By `in:name`. */
  parameters: Readonly<Record<string, string>>;
  body: string;
  /** The bare data, without the envelope. */
  isRaw: boolean;
}

export interface ApiRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
}

export const nameOf = ({ in: place, name }: Pick<Parameter, 'in' | 'name'>): string => `${place}:${name}`;

/** The parameters that are filled in, of one place. */
export const filledOf = (operation: Operation, filled: Filled, place: Parameter['in']): [string, string][] =>
  operation.parameters
    .filter((each) => each.in === place)
    .flatMap((each): [string, string][] => {
      const value = filled.parameters[nameOf(each)] ?? '';
      return value === '' ? [] : [[each.name, value]];
    });

/** The request as it is sent, without credentials. */
export function requestOf(operation: Operation, filled: Filled): ApiRequest {
  const inPath = Object.fromEntries(filledOf(operation, filled, 'path'));
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (whole, name: string) =>
    inPath[name] === undefined ? whole : encodeURIComponent(inPath[name]),
  );
  const query = new URLSearchParams(filledOf(operation, filled, 'query')).toString();
  const body = operation.body && filled.body.trim() !== '' ? filled.body : undefined;
  return {
    method: operation.method,
    url: query === '' ? path : `${path}?${query}`,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(filled.isRaw && { 'x-response-format': 'raw' }),
      ...Object.fromEntries(filledOf(operation, filled, 'header')),
    },
    body,
  };
}

/** What is missing or not JSON: names of parameters, and `body`. */
export function wrongOf(operation: Operation, filled: Filled): string[] {
  const missing = operation.parameters
    .filter((each) => each.isRequired && !filled.parameters[nameOf(each)])
    .map(nameOf);
  const isWrong = operation.body && !isJson(filled.body, operation.body.isRequired);
  return isWrong ? [...missing, 'body'] : missing;
}

function isJson(text: string, isRequired: boolean): boolean {
  if (text.trim() === '') return !isRequired;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What is filled in at first: examples, and a profile that there is in place of that of the example. */
export function firstFill(operation: Operation, profileId: string | undefined): Filled {
  const isProfile = (name: string) =>
    name === 'profileId' || (name === 'id' && operation.path.startsWith('/api/v1/profiles/'));
  const parameters = operation.parameters
    .filter(({ isRequired }) => isRequired)
    .map((each): [string, string] => [
      nameOf(each),
      (isProfile(each.name) && profileId) || each.example || each.choices[0] || '',
    ]);
  const example = operation.body?.example ?? (operation.body ? {} : undefined);
  const withProfile =
    profileId !== undefined && typeof example === 'object' && example !== null && 'profileId' in example
      ? { ...example, profileId }
      : example;
  return {
    parameters: Object.fromEntries(parameters),
    body: withProfile === undefined ? '' : JSON.stringify(withProfile, null, 2),
    isRaw: false,
  };
}
