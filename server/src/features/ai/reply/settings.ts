/** How a language model answers for a profile. */
export interface ReplySettings {
  /** `suggest`: for colleagues, `send`: to the person. */
  readonly mode: 'off' | 'suggest' | 'send';
  /** What it is to do; nothing is sent without. */
  readonly scope: string | null;
  readonly tone: string | null;
  /** `customer`, or a tag. */
  readonly language: string;
  readonly businessName: string | null;
  /** What is always true and may be said, such as opening hours. */
  readonly facts: string | null;
  /** Words that bring a person, beside those that always do. */
  readonly handoffWords: readonly string[];
  readonly turnsPerDay: number;
  readonly minSupport: number;
  /** What happens without support. */
  readonly unknown: 'refuse' | 'handoff';
  /** What is said then; our own words in ten languages unless set. */
  readonly refusal: string | null;
  readonly debounceSeconds: number;
  /** Says before the first answer of a day that a machine answers. */
  readonly disclose: boolean;
  readonly groups: boolean;
}

export const replyDefaults: ReplySettings = {
  ...{ mode: 'off', scope: null, tone: null, language: 'customer', businessName: null, facts: null },
  ...{
    handoffWords: [],
    turnsPerDay: 6,
    minSupport: 0.3,
    unknown: 'refuse',
    refusal: null,
    debounceSeconds: 3,
  },
  ...{ disclose: false, groups: false },
};
