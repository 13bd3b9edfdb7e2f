import { organizationSections } from './organization-sections.ts';
import { personSections } from './person-sections.ts';
import type { Section, Subject } from './section.ts';

/** Every section there is. */
export const allSections: readonly Section[] = [...personSections, ...organizationSections];

/** The sections somebody receives, in the order of the document. */
export function sectionsFor({ covers }: Pick<Subject, 'covers'>): readonly Section[] {
  return covers === 'organization' ? allSections : personSections;
}
