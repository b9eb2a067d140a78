import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * An address that answers as AWS did: recorded answers in each service's own wire format, for what the emulator lacks, and for
 * paging and refusals, which it does not do. A test names its operations and what each call of one is answered, the last answer
 * for ever after. An operation without answers is refused loudly.
 */
export interface Recorded {
  url: string
  /** Every call, in order. */
  calls: RecordedCall[]
  count(operation: string): number
  close(): Promise<void>
}

export interface RecordedCall {
  /** `DescribeVolumes`; of REST services the method and path: `GET /2015-03-31/functions`. */
  operation: string
  /** The signed service: `ec2`. */
  service: string
  region: string
  /** Form fields of the query protocol, the JSON body of others, the query string of GETs. */
  input: Record<string, unknown>
}

export type Answer =
  /** The body of a 200. */
  | string
  | { status?: number; body: string; type?: string }
  /** Asked with the call's input. */
  | ((call: RecordedCall) => string | { status?: number; body: string; type?: string })

/** Answers by operation. Of REST services the key is a method and a pattern of the path: `GET /2015-03-31/functions/*`. */
export type Answers = Record<string, Answer | readonly Answer[]>

export async function openRecorded(answers: Answers): Promise<Recorded> {
  const calls: RecordedCall[] = []
  const given = new Map<string, number>()
  const patterns = Object.keys(answers).map((key) => ({ key, pattern: patternOf(key) }))
  const server = createServer(async (request, response) => {
    const call = callOf(request, await bodyOf(request))
    calls.push(call)
    const key = patterns.find(({ pattern }) => pattern.test(call.operation))?.key
    const list = key === undefined ? [] : [answers[key] as Answer | readonly Answer[]].flat()
    const turn = given.get(key ?? '') ?? 0
    given.set(key ?? '', turn + 1)
    const answer = list[Math.min(turn, list.length - 1)] as Answer | undefined
    const said = typeof answer === 'function' ? answer(call) : answer
    const { status = 200, body, type } = said === undefined ? missing(call) : typeof said === 'string' ? { body: said } : said
    response.writeHead(status, { 'content-type': type ?? (body.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.1') }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    count: (operation) => calls.filter((call) => call.operation === operation).length,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Refusals as the services write them. `xml`: query and REST-XML services (EC2, RDS, S3, IAM); else JSON. */
export const refused = (code: string, message = 'refused', how: { xml?: 'ec2' | 'query' | 's3'; status?: number } = {}): Answer => {
  const status = how.status ?? (/Throttl|RequestLimit|TooManyRequests|SlowDown/.test(code) ? 400 : 403)
  if (how.xml === 'ec2')
    return {
      status,
      body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r-1</RequestID></Response>`,
    }
  if (how.xml === 'query')
    return {
      status,
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
    }
  if (how.xml === 's3')
    return {
      status,
      body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message><RequestId>r-1</RequestId></Error>`,
    }
  return { status, body: JSON.stringify({ __type: code, message }) }
}

const missing = ({ operation }: RecordedCall): { status: number; body: string; type?: string } => ({
  status: 400,
  body: JSON.stringify({ __type: 'NothingRecorded', message: `the test has no answer for ${operation}` }),
})

/** `*` is one part of a path; without one the whole name. */
const patternOf = (key: string) => new RegExp(`^${key.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]+')}$`)

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

export function callOf(request: IncomingMessage, body: string): RecordedCall {
  const [, region = '', service = ''] = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? []
  const url = new URL(request.url ?? '/', 'http://recorded')
  const target = request.headers['x-amz-target']
  if (typeof target === 'string') return { operation: target.split('.').at(-1) as string, service, region, input: JSON.parse(body || '{}') }
  const form = Object.fromEntries(new URLSearchParams(body))
  if (form.Action) return { operation: form.Action, service, region, input: form }
  const json = body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {}
  return { operation: `${request.method} ${url.pathname}`, service, region, input: { ...Object.fromEntries(url.searchParams), ...json } }
}
