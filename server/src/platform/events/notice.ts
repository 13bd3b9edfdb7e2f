/** What people are notified of. Clients know these words; each person chooses for each how they hear of it. */
export const noticeKinds = {
  message: 'Somebody wrote, or a conversation was given to you.',
  connection: 'A profile is connected.',
  disconnection: 'A profile is disconnected and needs a hand.',
  broadcast: 'A broadcast ended, paused by itself or failed.',
  automation: 'An automation asks for a person, or was switched off.',
  system: 'Something of the installation needs a hand, as a webhook that was switched off.',
  security: 'Something about the safety of your account.',
} as const;

export type NoticeKind = keyof typeof noticeKinds;

/** What people who may read an event are notified of. Texts are shortened by whoever keeps them. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly title: string;
  readonly body: string;
  /** What a click needs to lead somewhere: ids. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Notices with the same topic are one, counted, until it is read. */
  readonly topic?: string;
  /** Nobody else is notified. */
  readonly onlyTo?: string | undefined;
}

/** What a notice may be made of beside the event. */
export interface NoticeFacts {
  readonly now: Date;
  /** The name that people gave the profile of the event. */
  readonly profileName: string;
}
