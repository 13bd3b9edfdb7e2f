import { within } from '../../platform/keeps/erasure.ts';
import type { Keeps } from '../../platform/keeps/keeps.ts';

const ofProfiles = within('profile_id', 'profiles');

export const baileysKeeps: Keeps = {
  withheld: {
    engine_credentials: 'they open the WhatsApp account',
    engine_keys: 'they open the WhatsApp account',
    engine_journal: 'messages on their way in, still sealed; shown once they have arrived',
    engine_history: 'the past on its way in, still sealed; shown once it has been read',
    engine_uploads: 'where files we sent lie at WhatsApp, sealed; the files are shown',
  },
  rows: [
    { place: 90, table: 'engine_journal', of: ofProfiles },
    { place: 92, table: 'engine_history', of: ofProfiles },
    { place: 95, table: 'engine_uploads', of: ofProfiles },
    { place: 100, table: 'engine_keys', of: ofProfiles },
    { place: 110, table: 'engine_credentials', of: ofProfiles },
  ],
};
