const names: readonly [RegExp, string][] = [
  [/\bEdg(A|iOS|e)?\//, 'Edge'],
  [/PostmanRuntime/i, 'Postman'],
  [/^curl\//i, 'cURL'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^(node|undici|axios|python|go-http|okhttp|guzzle|java|ruby|php|multiwa|got|ky)\b/i, 'API Client'],
];

/** The common name of the program behind a user agent. */
export function deviceOf(userAgent: string | null): string {
  if (!userAgent) return 'Unknown Device';
  return names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'Other';
}
