/** On whose behalf it is asked, and for whom. */
export interface AskedFor {
  readonly organizationId: string;
  readonly profileId: string;
  readonly chat: string;
  readonly conversationId: string | null;
  readonly messageId: string | null;
  readonly key: string;
  /** When it was said; null where nothing is answered. */
  readonly saidAt: Date | null;
  /** Whether the message mentions the profile, or everybody. */
  readonly mentionsUs: boolean;
}
