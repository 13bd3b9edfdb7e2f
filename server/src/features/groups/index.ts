import type { AuditLog } from '../../platform/audit/record.ts';
import type { ChatId } from '../../platform/chat-id.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/transaction.ts';
import type { EventRecorder } from '../../platform/events/record.ts';
import { Failure } from '../../platform/failures.ts';
import type { Feature } from '../../platform/feature.ts';
import type { Log } from '../../platform/log.ts';
import type { NodeQuestions } from '../../platform/node-questions.ts';
import type { Media } from '../media/index.ts';
import type { Messages } from '../messages/index.ts';
import type { Live, SessionHandlers } from '../profiles/index.ts';
import { createActs, type Order } from './acts.ts';
import { createDesk } from './desk.ts';
import * as events from './groups.events.ts';
import { groupKeeps } from './groups.keeps.ts';
import { groupRoutes } from './groups.routes.ts';
import { createGroupService } from './groups.service.ts';
import { createGroupStore, othersIn, type Actor as Sender } from './groups.store.ts';
import { createInvitations } from './invitations.ts';
import { inviteRoutes } from './invites.routes.ts';
import { createKeeper } from './keeper.ts';
import { participantRoutes } from './participants.routes.ts';
import { createPictureFiles } from './picture-files.ts';
import { pictureRoutes } from './pictures.routes.ts';
import { createPictures } from './pictures.ts';
import { createWatcher } from './watcher.ts';

/** What nodes ask each other about groups. */
const topic = 'groups';

/** Groups: what is known of them, and what is done to them. */
export function createGroups(deps: {
  db: Db;
  clock: Clock;
  log: Log;
  events: EventRecorder;
  audit: AuditLog;
  defaultCountry: string;
  questions: Pick<NodeQuestions, 'answers' | 'ask'>;
  /** The connection of a profile when this node has it. */
  live(profileId: string): Live | undefined;
  /** Messages, which are made after us. */
  messages(): Pick<Messages, 'deliver' | 'find'>;
  media: Pick<
    Media,
    'take' | 'fit' | 'store' | 'refer' | 'release' | 'linksOf' | 'openMedia' | 'bodyBytesMax'
  >;
}) {
  const { questions, live: liveOf } = deps;
  const store = createGroupStore(deps.db);
  const keeper = createKeeper(deps);
  const watcher = createWatcher({ keeper, log: deps.log });
  const acts = createActs({ ...deps, keeper, watcher, store, pictures: createPictureFiles(deps) });

  questions.answers(topic, {
    has: (profileId) => liveOf(profileId) !== undefined,
    async answer(profileId, order) {
      const live = liveOf(profileId);
      if (!live) throw new Failure('PROFILE_NOT_CONNECTED');
      return acts.run(live, order as Order);
    },
  });

  async function perform({ id, status }: Sender, order: Order): Promise<unknown> {
    const live = liveOf(id);
    if (live) return acts.run(live, order);
    if (status !== 'connected') throw new Failure('PROFILE_NOT_CONNECTED');
    return questions.ask(topic, id, order);
  }

  const desk = createDesk({ store, perform });
  const service = createGroupService({ ...deps, store, desk, invitations: createInvitations(deps) });
  const handlers: Pick<SessionHandlers, 'connected' | 'groupsTold'> = {
    connected: (live) => watcher.connected(live),
    async groupsTold(live, news) {
      watcher.told(live, news);
      watcher.look(live, (await keeper.news(live, news)) ?? ([] as ChatId[]));
    },
  };
  const feature: Feature = {
    name: 'groups',
    routes(app) {
      groupRoutes(app, service);
      participantRoutes(app, service);
      inviteRoutes(app, service);
      pictureRoutes(app, createPictures({ desk, media: deps.media }), deps.media);
    },
    events: Object.values(events),
    keeps: groupKeeps,
    stop: () => keeper.idle(),
  };
  return { feature, handlers, membersOf: othersIn };
}
