import type { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { causeChain, fault, isFault, problemOf } from '../errors.ts'
import { problemType } from '../hooks/contract.ts'
import type { Mint } from '../ids.ts'
import type { Log } from '../log.ts'
import type { ApiEnv } from './env.ts'

/** Any error as a problem document. What is not of the catalogue is told to the log alone, with its causes, under the id that the caller gets. */
export function answerProblem(log: Log, mint: Mint) {
  return (error: unknown, c: Context<ApiEnv>): Response => {
    const known = error instanceof HTTPException ? faultOfHono(error) : error
    const id = mint('req')
    const problem = problemOf(known, `urn:jidoka:request:${id}`)
    if (problem.status >= 500)
      log.error(
        { request: id, method: c.req.method, path: c.req.path, code: problem.code, cause: causeChain(error), stack: stackOf(error) },
        'request failed',
      )
    if (isFault(known, 'unauthorized')) c.header('www-authenticate', 'Bearer realm="jidoka"')
    // What still comes of the body is not read: the connection is of no more use.
    if (isFault(known, 'body-too-large', 'body-too-slow')) c.header('connection', 'close')
    const refusal = isFault(known, 'refused') && typeof known.details.code === 'string' ? { refusal: known.details.code } : {}
    return c.body(JSON.stringify({ ...problem, ...refusal }), problem.status as ContentfulStatusCode, { 'content-type': problemType })
  }
}

export const noSuchRoute = (c: Context<ApiEnv>) =>
  fault('not-found', { what: 'route', id: `${c.req.method} ${c.req.path}`, list: '/openapi.json' })

/** hono and its validators throw few errors of their own: a body that is not JSON, a type that is not taken. Their texts quote the body, so they are not told. */
function faultOfHono(error: HTTPException) {
  if (error.status === 400 || error.status === 415)
    return fault('malformed-body', { problem: error.status === 400 ? 'it cannot be parsed' : 'its content-type is not taken here' }, error)
  return fault('internal', { problem: 'see the log of the controller' }, error)
}

const stackOf = (error: unknown) =>
  error instanceof Error && !isFault(error)
    ? error.stack
        ?.split('\n')
        .slice(1, 6)
        .map((line) => line.trim())
    : undefined

type Issue = z.core.$ZodIssue

/** The paths and what is wrong there, at most ten: `member: expected string; 3.at: invalid ISO datetime`. */
export function describeIssues(target: string, issues: readonly Issue[]): string {
  const flat = issues.flatMap((issue) => flatten(issue, []))
  const told = flat.slice(0, 10).map(({ path, message }) => `${where(target, path)}: ${message}`)
  return told.join('; ') + (flat.length > told.length ? `; and ${flat.length - told.length} more` : '')
}

function where(target: string, path: readonly PropertyKey[]) {
  const at = path.map(String).join('.')
  if (target === 'json') return at || 'body'
  return at ? `${target} ${at}` : target
}

/** Of a union, only the branch that the input came furthest in is worth telling. */
function flatten(issue: Issue, above: readonly PropertyKey[]): { path: PropertyKey[]; message: string }[] {
  const path = [...above, ...issue.path]
  if (issue.code !== 'invalid_union') return [{ path, message: issue.message }]
  const depth = (branch: readonly Issue[]) => Math.max(0, ...branch.map((inner) => inner.path.length))
  const best = [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0]
  return best ? best.flatMap((inner) => flatten(inner, path)) : [{ path, message: issue.message }]
}
