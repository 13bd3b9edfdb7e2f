import { pnJid } from '../accounts/account.ts';
import type { PictureOwner, Pictures } from '../people/pictures.ts';
import { bytes, children, node } from '../wire/node.ts';
import { type Answer, BAD_REQUEST, EMPTY, type Query, type QueryHandler } from './answer.ts';

const NOT_FOUND: Answer = { error: 404, text: 'item-not-found' };
const NOT_AUTHORIZED: Answer = { error: 401, text: 'not-authorized' };
const FORBIDDEN: Answer = { error: 403, text: 'forbidden' };

/** xmlns `w:profile:picture`: pictures of people and groups. */
export function pictureQueries(pictures: Pictures): QueryHandler {
  return (query) => {
    const { account } = query.caller;
    const owner = pictures.owner(query.iq.attrs.target ?? pnJid(account));
    if (!owner) return NOT_FOUND;
    if (query.iq.attrs.type === 'set') return change(pictures, owner, query);
    if (!owner.maySee(account)) return NOT_AUTHORIZED;
    const picture = pictures.get(owner);
    if (!picture) return NOT_FOUND;
    const type = query.ask.attrs.type === 'image' ? 'image' : 'preview';
    const path = pictures.path(picture, type);
    return {
      content: [
        node('picture', {
          id: picture.id,
          type,
          url: `http://${query.connection.address}${path}`,
          direct_path: path,
        }),
      ],
    };
  };
}

function change(pictures: Pictures, owner: PictureOwner, { iq, caller }: Query): Answer {
  if (!owner.maySet(caller.account)) return FORBIDDEN;
  const sent = children(iq, 'picture');
  if (sent.length === 0) {
    pictures.remove(owner, caller);
    return EMPTY;
  }
  const image = bytes(sent.find((each) => each.attrs.type !== 'preview'));
  const preview = bytes(sent.find((each) => each.attrs.type === 'preview'));
  if (!image) return BAD_REQUEST;
  const problem = pictures.problem(image) ?? (preview && pictures.problem(preview));
  if (problem) return problem;
  return { content: [node('picture', { id: pictures.set(owner, caller, image, preview) })] };
}
