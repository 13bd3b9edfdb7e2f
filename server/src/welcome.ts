import type { Gateway } from './gateway.ts';
import type { Config } from './platform/config/config.ts';

/** What an operator sees after the start: where things are and what to do next. */
export function welcome(about: {
  gateway: Gateway;
  config: Config;
  version: string;
  seconds: number;
  /** Sentences about variables that look like settings and are none. */
  unknown: readonly string[];
  /** Whether the dashboard is there, or will be in a moment. */
  hasDashboard: boolean;
}): string {
  const { gateway, config, version, seconds, unknown, hasDashboard } = about;
  const { url, sandboxUrl } = gateway;
  const lines = [
    '',
    `  MultiWA ${version} is ready (${seconds.toFixed(1)} s)`,
    '',
    ...(hasDashboard ? [`  Dashboard  ${url}/`] : []),
    `  API        ${url}/api/v1`,
    `  Reference  ${url}/api/docs`,
    `  Data       ${config.dataDir}`,
    `  Database   ${gateway.where}`,
  ];
  if (!config.smtpHost) lines.push('  Letters    none without SMTP_HOST: invitations answer with their link');
  if (sandboxUrl) lines.push(`  Sandbox    ${sandboxUrl}/api/docs  (WhatsApp without a phone)`);
  for (const sentence of unknown) lines.push(`  Settings   ${sentence}`);
  if (hasDashboard) {
    lines.push('', `  Next: open ${url}/ and register.`);
    return `${lines.join('\n')}\n\n`;
  }
  lines.push('', '  Next: register, create a profile, connect it, and scan its QR code:');
  lines.push(`    curl -s ${url}/api/v1/auth/register -H 'content-type: application/json' \\`);
  lines.push(
    `      -d '{"email":"you@example.org","password":"choose a good one","name":"You","organizationName":"Yours"}'`,
  );
  lines.push(
    sandboxUrl
      ? '  No phone at hand? The README sends a first message through the sandbox in a minute.'
      : '  The README has every step up to the first message.',
  );
  return `${lines.join('\n')}\n\n`;
}
