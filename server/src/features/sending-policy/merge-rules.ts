import { campaignRules, type SendingRules } from './rules.ts';
import type { CampaignPolicyFields } from './sending-policy.schema.ts';

/** What a profile has set; what it has not is as usual. */
export function rulesOfProfile(stored: unknown): SendingRules {
  return { ...campaignRules, ...(stored as Partial<SendingRules> | null) };
}

/** What holds for a campaign: what it says itself, else its profile. It can't do without the consent its profile asks for. */
export function rulesOfCampaign(profile: SendingRules, own: CampaignPolicyFields | undefined): SendingRules {
  const given = Object.fromEntries(Object.entries(own ?? {}).filter(([, value]) => value !== undefined));
  return { ...profile, ...given, consent: profile.consent || own?.consent === true };
}
