import { Failure, type Problem } from '../../platform/failures.ts';
import { type Messages, typesWithFile } from '../messages/index.ts';
import { partsOf } from './placeholders.ts';
import { literalFields, namesIn } from './render.ts';

/**
 * What is wrong with a message that is to be a template: its kind and its fields together, by the schema of the kind.
 * Answers the names in it.
 * @throws Failure VALIDATION_ERROR with every problem
 */
export function checkTemplate(
  readSend: Messages['readSend'],
  type: string,
  content: Record<string, unknown>,
): string[] {
  const names = namesIn(content);
  const read = readSend(type, content);
  const details: Problem[] = [
    ...('problems' in read ? read.problems.map((problem) => renamed(problem)) : []),
    ...aboutFile(type, content),
  ];
  if (details.length > 0) throw new Failure('VALIDATION_ERROR', { details });
  return names;
}

/** Here the kind is called otherwise than in a schedule. */
const renamed = ({ path, problem }: Problem): Problem => ({
  path: path === '/type' ? '/messageType' : path,
  problem,
});

function aboutFile(type: string, content: Record<string, unknown>): Problem[] {
  const given = (name: string) => typeof content[name] === 'string' && content[name] !== '';
  const problems = [...literalFields]
    .filter((name) => typeof content[name] === 'string')
    .filter(
      (name) => name !== 'base64' && partsOf(String(content[name])).some((part) => typeof part !== 'string'),
    )
    .map((name) => ({ path: `/content/${name}`, problem: 'takes no variables' }));
  if (given('base64')) {
    const problem = 'does not go into a template: upload the file (POST /uploads/media) and name its mediaId';
    problems.push({ path: '/content/base64', problem });
  } else if (typesWithFile.includes(type) && given('url') === given('mediaId')) {
    const problem = given('url')
      ? 'has both url and mediaId: one of them is the file'
      : 'needs the file: mediaId of an upload, or url';
    problems.push({ path: '/content', problem });
  }
  return problems;
}
