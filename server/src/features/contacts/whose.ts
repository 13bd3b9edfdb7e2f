/** The profile that a contact belongs to. */
export interface Whose {
  organizationId: string;
  profileId: string;
}
