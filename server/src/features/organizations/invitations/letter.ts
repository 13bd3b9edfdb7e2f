import type { Letter } from '../../../platform/mail.ts';

/** One line: what people call things goes into a subject. */
const line = (text: string) => text.replaceAll(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim();

/** The letter with the link of an invitation. */
export function invitationLetter(about: {
  to: string;
  organizationName: string;
  roleName: string;
  url: string;
  expiresAt: Date;
}): Letter {
  const organization = line(about.organizationName);
  return {
    to: about.to,
    subject: `You are invited to ${organization}`,
    text: [
      `You are invited to join ${organization} on MultiWA. Your role: ${line(about.roleName)}.`,
      `Open this link and choose a password:`,
      about.url,
      `It works once, until ${about.expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
      'If you expected no invitation, leave it: without the link nothing happens.',
    ].join('\n\n'),
  };
}
