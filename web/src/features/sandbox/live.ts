import { defineLive } from '../../live/index.ts';
import { waitingProfilesQuery } from './queries.ts';

export const live = defineLive({
  'connection.update': (_, cache) =>
    void cache.invalidateQueries({ queryKey: waitingProfilesQuery.queryKey }),
});
