import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bodyOf, callOf, type RecordedCall, refused } from '../recorded.ts'
import { aged, agedInside, type Era } from './era.ts'
import { type Recording, recordings } from './recordings.ts'
import type { Told } from './told.ts'

/**
 * Stands before moto on loopback, as the address of AWS. Everything goes on to moto, with three exceptions:
 *
 * 1. the operations of `recordings`, which moto lacks or does badly: each with its reason in that table;
 * 2. dates of creation: what was seeded within the `era` is told as months old (era.ts), since moto makes everything just now;
 * 3. permissions that are denied, until they are given back.
 */
export interface Front {
  url: string
  /** From now on what was made within it is old. */
  age(era: Era): void
  /** These actions are denied (`ec2:DescribeSnapshots`), all others are not. Of services with a query or JSON protocol. */
  deny(...actions: string[]): void
  close(): Promise<void>
}

interface Reply {
  status: number
  type: string
  body: Buffer
  headers?: Record<string, string | string[]>
}

/** Metrics have the times that they were written with. */
const ageless = 'GetMetricData'

export async function openFront(moto: string, told: Told): Promise<Front> {
  const agent = new Agent({ keepAlive: true })
  const denied = new Set<string>()
  const eras: Era[] = []

  async function reply(incoming: IncomingMessage): Promise<Reply> {
    const text = await bodyOf(incoming)
    const call = callOf(incoming, text)
    if (denied.has(`${call.service}:${call.operation}`)) return denial(call)
    const recording = recordingOf(call)
    if (recording?.answer) return typed(recording.answer(call, told))
    const asked = recording?.ask?.(call, told)
    const given = await forward({ moto, agent, incoming, body: asked === undefined ? text : JSON.stringify(asked) })
    const said = given.body.toString()
    // moto does not always name the type of what it says.
    if (given.status !== 200 || !/^\s*[{[<]/.test(said)) return given
    const old = call.operation === ageless ? said : agedBy(eras, call.operation, said)
    return { ...given, body: Buffer.from(recording?.mend?.(old, call, told) ?? old) }
  }

  const server = createServer((incoming, response) => {
    reply(incoming).then(
      (answer) => send(response, answer),
      (error: Error) => send(response, { status: 502, type: 'text/plain', body: Buffer.from(`the front of moto: ${error.message}`) }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    age: (era) => void eras.push(era),
    deny(...actions) {
      denied.clear()
      for (const action of actions) denied.add(action)
    },
    async close() {
      agent.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const patterns = Object.entries(recordings).map(([key, recording]) => ({
  pattern: new RegExp(`^${key.replaceAll('*', '[^/]+')}/?$`),
  recording,
}))
const recordingOf = ({ service, operation }: RecordedCall): Recording | undefined =>
  patterns.find(({ pattern }) => pattern.test(`${service} ${operation}`))?.recording

const agedBy = (eras: readonly Era[], operation: string, text: string): string =>
  eras.reduce((told, era) => (operation === 'GetCredentialReport' ? agedInside(told, 'Content', era) : aged(told, era)), text)

const queryServices = ['rds', 'iam', 'elasticache', 'elasticloadbalancing', 'sts']

function denial({ service, operation }: RecordedCall): Reply {
  const action = `${service}:${operation}`
  const message = `User: arn:aws:iam::123456789012:user/night-watch is not authorized to perform: ${action}`
  const xml = service === 'ec2' ? 'ec2' : queryServices.includes(service) ? 'query' : undefined
  const code = service === 'ec2' ? 'UnauthorizedOperation' : xml ? 'AccessDenied' : 'AccessDeniedException'
  const answer = refused(code, message, xml ? { xml } : {}) as { status: number; body: string }
  return { ...typed(answer.body), status: answer.status }
}

const typed = (body: string): Reply => ({
  ...{ status: 200, type: body.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.1' },
  body: Buffer.from(body),
})

interface Forwarded {
  moto: string
  agent: Agent
  incoming: IncomingMessage
  body: string
}

/** Lengths, encodings and sums of bodies are those of one connection. */
const ofConnection = /^(host|connection|content-length|transfer-encoding|content-encoding|x-amz-crc32|keep-alive|date|server)$/

async function forward({ moto, agent, incoming, body }: Forwarded): Promise<Reply> {
  const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !ofConnection.test(name)))
  const outgoing = request(`${moto}${incoming.url}`, {
    ...{ method: incoming.method, agent },
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
  })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part as Buffer)
  const kept = Object.entries(response.headers).filter(([name]) => !ofConnection.test(name) && name !== 'content-type')
  return {
    ...{ status: response.statusCode ?? 502, type: response.headers['content-type'] ?? '', body: Buffer.concat(parts) },
    headers: Object.fromEntries(kept) as Record<string, string | string[]>,
  }
}

const send = (response: ServerResponse, { status, type, body, headers = {} }: Reply) =>
  response.writeHead(status, { ...headers, ...(type ? { 'content-type': type } : {}), 'content-length': body.length }).end(body)
