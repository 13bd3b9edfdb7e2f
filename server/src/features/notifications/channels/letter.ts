import type { Letter } from '../../../platform/mail.ts';
import type { DueLetter } from './due.store.ts';

const listedMax = 50;

/** One letter about everything that is due. Its subject has no words of strangers. */
export function letterOf({ email, name, notifications }: DueLetter, address: string): Letter {
  const count = notifications.length;
  const lines = notifications
    .slice(0, listedMax)
    .map(({ title, body, count: events }) => `- ${title}${events > 1 ? ` (${events})` : ''}: ${body}`);
  return {
    to: email,
    subject: count === 1 ? 'You have a notification' : `You have ${count} notifications`,
    text: [
      `Hello ${name},`,
      '',
      ...lines.map((line) => line.replaceAll(/\s+/g, ' ')),
      ...(count > listedMax ? [`and ${count - listedMax} more.`] : []),
      '',
      `See them at ${address}`,
      '',
      'What goes by letter, and how often, is set in your notification preferences.',
    ].join('\n'),
  };
}
