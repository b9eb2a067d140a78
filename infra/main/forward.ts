import { fault, problemOf } from '../../core/errors.ts'
import { problemType } from '../../core/hooks/contract.ts'

export interface ForwardPorts {
  /** Method and path of what only the leader can answer, because only its memory has it. */
  only: readonly RegExp[]
  leads(): boolean
  leaderUrl(): string | null
  bodyLimitBytes?: number
  timeoutMs?: number
}

type Fetch<Env> = (request: Request, env: Env) => Response | Promise<Response>

/** Says that it came by another controller: it is passed on once. */
const passedOn = 'jidoka-passed-on'
const notPassedOn = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect', 'upgrade', 'keep-alive'])

/** What only the leader can answer goes on to it, as it came: it asks who sends, and what they may, itself. */
export function forwarding<Env>(
  app: Fetch<Env>,
  { only, leads, leaderUrl, bodyLimitBytes = 2 ** 20, timeoutMs = 5_000 }: ForwardPorts,
): Fetch<Env> {
  async function pass(request: Request): Promise<Response> {
    const leader = leaderUrl()
    const { pathname, search } = new URL(request.url)
    if (leader === null || request.headers.has(passedOn))
      return refuse(fault('not-leader', { leader: leader ?? 'nobody', problem: 'nobody leads at this moment' }))
    const body = await bodyOf(request, bodyLimitBytes)
    if (body === null) return refuse(fault('body-too-large', { limitBytes: bodyLimitBytes }))
    const headers = new Headers([...request.headers].filter(([name]) => !notPassedOn.has(name)))
    headers.set(passedOn, '1')
    try {
      const answer = await fetch(leader + pathname + search, {
        ...{ method: request.method, headers, redirect: 'manual' },
        ...(body.byteLength > 0 ? { body } : {}),
        signal: AbortSignal.timeout(timeoutMs),
      })
      const type = answer.headers.get('content-type')
      return new Response(answer.status === 204 ? null : await answer.arrayBuffer(), {
        status: answer.status,
        headers: type ? { 'content-type': type } : {},
      })
    } catch (error) {
      const { cause, name } = error as { cause?: { code?: string }; name?: string }
      return refuse(fault('not-leader', { leader, problem: cause?.code ?? name ?? 'no answer' }, error))
    }
  }

  return (request, env) => {
    if (leads()) return app(request, env)
    const asked = `${request.method} ${new URL(request.url).pathname}`
    return only.some((pattern) => pattern.test(asked)) ? pass(request) : app(request, env)
  }
}

async function bodyOf(request: Request, limitBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > limitBytes) return null
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function refuse(error: unknown): Response {
  const problem = problemOf(error)
  return Response.json(problem, { status: problem.status, headers: { 'content-type': problemType, 'retry-after': '1' } })
}
