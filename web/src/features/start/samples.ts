export const sampleLanguages = { curl: 'curl', node: 'Node.js', python: 'Python', php: 'PHP' } as const;
export type SampleLanguage = keyof typeof sampleLanguages;

/** The same message from a program, ready to run. */
export function sampleOf(
  language: SampleLanguage,
  {
    origin,
    key,
    body,
  }: { origin: string; key: string; body: { profileId: string; to: string; text: string } },
): string {
  const url = `${origin}/api/v1/messages/text`;
  const json = JSON.stringify(body, null, 2);
  switch (language) {
    case 'curl':
      return `curl ${url} \\
  -H 'X-API-Key: ${key}' \\
  -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`;
    case 'node':
      return `const answer = await fetch('${url}', {
  method: 'POST',
  headers: { 'X-API-Key': '${key}', 'Content-Type': 'application/json' },
  body: JSON.stringify(${json.replaceAll('\n', '\n  ')}),
});
console.log(await answer.json());`;
    case 'python':
      return `import json, urllib.request

request = urllib.request.Request(
    '${url}',
    data=json.dumps(${json.replaceAll('\n', '\n    ')}).encode(),
    headers={'X-API-Key': '${key}', 'Content-Type': 'application/json'},
)
print(urllib.request.urlopen(request).read().decode())`;
    case 'php':
      return `<?php
$options = ['http' => [
    'method' => 'POST',
    'header' => "X-API-Key: ${key}\\r\\nContent-Type: application/json",
    'content' => json_encode([
${Object.entries(body)
  .map(([name, value]) => `        '${name}' => ${JSON.stringify(value).replaceAll('$', '\\$')},`)
  .join('\n')}
    ]),
]];
echo file_get_contents('${url}', false, stream_context_create($options));`;
  }
}
