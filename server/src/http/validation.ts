import { AjvCompiler } from '@fastify/ajv-compiler';
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify';
import { once } from '../platform/concurrency/once.ts';
import type { Problem } from '../platform/failures.ts';
import { missingKeyword } from './path-id.ts';

/** Enough for any form; an array of a million wrong items must not become work and an answer of its size. */
const problemsMax = 200;
const errorsMax = 1000;

const shared = {
  allErrors: true,
  useDefaults: true,
  removeAdditional: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  keywords: [missingKeyword],
};

const compilers = AjvCompiler();

/**
 * Two rules of reading: values of a query or path are text and become what the schema says, values of a
 * body are already typed and stay as they are. Unless `eager`, a schema is compiled by the first request that
 * needs it: hundreds of routes must not hold up the start.
 */
export function validatorCompiler({ eager }: { eager: boolean }): FastifySchemaCompiler<unknown> {
  const options = { ...shared, validateSchema: eager };
  const strict = compilers({}, { customOptions: { ...options, coerceTypes: false } });
  const coercing = compilers({}, { customOptions: { ...options, coerceTypes: 'array' } });
  return (route) => {
    const isBody = route.httpPart === 'body';
    const build = isBody ? strict : coercing;
    const compiled = () => build(route as never) as unknown as Validator;
    const compile = isBody ? compiled : () => finite(compiled());
    return (eager ? compile() : lazily(compile)) as unknown as ReturnType<FastifySchemaCompiler<unknown>>;
  };
}

/** Checks values as the bodies of routes are checked; answers every problem. Compiled when it is first used. */
export function bodyCheck(schema: object): (value: unknown) => Problem[] {
  const build = validatorCompiler({ eager: false });
  const check = build({ schema, httpPart: 'body', method: 'POST', url: '' }) as unknown as Validator;
  return (value) => (check(value) ? [] : problemsOf(check.errors as FastifySchemaValidationError[]));
}

/** What Fastify calls: it reads the errors off the function afterwards. */
interface Validator {
  (data: unknown): boolean;
  errors?: unknown;
}

/** Read from text, `1e999` is a number above every `maximum`: Ajv compares finite ones only. */
function finite(check: Validator): Validator {
  const validator: Validator = (data) => {
    const isValid = check(data);
    validator.errors = check.errors;
    if (!isValid) return false;
    const endless = Object.entries((data ?? {}) as object).filter(
      ([, value]) => typeof value === 'number' && !Number.isFinite(value),
    );
    if (endless.length === 0) return true;
    validator.errors = endless.map(([name]) => ({
      ...{ instancePath: `/${name}`, schemaPath: '#', keyword: 'finite', params: {} },
      message: 'is too large a number',
    }));
    return false;
  };
  return validator;
}

function lazily(compile: () => Validator): Validator {
  const compiled = once(compile);
  const validator: Validator = (data) => {
    const isValid = compiled()(data);
    validator.errors = compiled().errors;
    return isValid;
  };
  return validator;
}

/** Ajv's errors as problems a person can act on, one for each place. */
export function problemsOf(found: readonly FastifySchemaValidationError[]): Problem[] {
  const errors = found.slice(0, errorsMax);
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf');
  const inside = (error: FastifySchemaValidationError) =>
    unions.some((union) => union !== error && error.schemaPath.startsWith(`${union.schemaPath}/`));
  const problems = new Map<string, Problem>();
  for (const error of errors) {
    if (inside(error)) continue;
    const branches = unions.includes(error)
      ? errors.filter((one) => one.schemaPath.startsWith(`${error.schemaPath}/`))
      : [];
    for (const problem of branches.length > 0 ? unionProblems(error, branches) : [problemOf(error)]) {
      problems.set(`${problem.path} ${problem.problem}`, problem);
    }
    if (problems.size >= problemsMax) break;
  }
  return [...problems.values()].slice(0, problemsMax);
}

/** Of a union, the branch whose type fits tells what is wrong; without one, the types it allows. */
function unionProblems(
  union: FastifySchemaValidationError,
  branches: readonly FastifySchemaValidationError[],
): Problem[] {
  const isType = (error: FastifySchemaValidationError) =>
    error.keyword === 'type' && error.instancePath === union.instancePath;
  const fitting = branches.filter((error) => !isType(error) && error.keyword !== 'anyOf');
  if (fitting.length > 0) return fitting.map(problemOf);
  const types = [...new Set(branches.filter(isType).map((error) => String(error.params.type)))];
  return [{ path: union.instancePath, problem: `must be ${types.join(' or ')}` }];
}

function problemOf(error: FastifySchemaValidationError): Problem {
  const { instancePath, keyword, params } = error;
  if (keyword === 'required') {
    return { path: `${instancePath}/${String(params.missingProperty)}`, problem: 'is required' };
  }
  if (keyword === 'enum') {
    const allowed = (params.allowedValues as unknown[]).map(String).join(', ');
    return { path: instancePath, problem: `must be one of ${allowed}` };
  }
  if (keyword === 'type') {
    return { path: instancePath, problem: `must be ${[params.type].flat().join(' or ')}` };
  }
  return { path: instancePath, problem: error.message ?? 'is not valid' };
}
