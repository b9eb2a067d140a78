import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { acceptWebSocket, type Peer } from './frames.ts'
import type { Fields } from './types.ts'

/**
 * Socket Mode between the app and Slack. The app's connections end here; each has one behind it to local-slack, when that runs.
 * The harness sees every envelope and acknowledgement, adds envelopes of its own (local-slack knows neither our rooms nor shortcuts),
 * and can cut the line. Two faults of local-slack are mended on the way: it sends every envelope to all connections (Slack: to one),
 * and its `trigger_id` and `response_url` are not those of the rest of this workspace.
 */
export interface Envelope {
  envelope_id: string
  type: 'slash_commands' | 'interactive' | 'events_api'
  payload: Fields
  accepts_response_payload: boolean
  retry_attempt?: number
  retry_reason?: string
}

export interface Acked {
  acked: boolean
  payload: unknown
  ms: number
}

export interface Watched {
  answer: Promise<{ envelope: Envelope; answer: Acked }>
  came(): boolean
  forget(): void
}

export interface SocketsOptions {
  /** Opens one connection of local-slack; null when it does not run. */
  upstream: (() => Promise<string>) | null
  /** Applied to each payload that comes from local-slack. */
  adapt(type: Envelope['type'], payload: Fields): Promise<Fields>
  /** How long to wait for an acknowledgement, milliseconds. */
  ackWaitMs: number
}

interface Link {
  peer: Peer
  upstream: WebSocket | null
}

export type Sockets = ReturnType<typeof openSockets>

export function openSockets({ upstream, adapt, ackWaitMs }: SocketsOptions) {
  const minted = new Map<string, string | null>()
  const links: Link[] = []
  const seen = new Set<string>()
  const waiting = new Map<string, (payload: unknown) => void>()
  const watchers = new Set<(envelope: Envelope) => boolean>()
  const arrivals = new Set<() => void>()
  let turn = 0

  const nextLink = (): Link | undefined => {
    const open = links.filter(({ peer }) => peer.open)
    turn += 1
    return open[turn % Math.max(1, open.length)]
  }

  /** From local-slack. The same envelope comes once per connection: it goes to one. */
  async function fromUpstream(link: Link, text: string): Promise<void> {
    const message = JSON.parse(text) as Partial<Envelope> & { type: string }
    if (!message.envelope_id) return link.peer.send(text)
    if (seen.has(message.envelope_id)) return
    seen.add(message.envelope_id)
    const envelope = message as Envelope
    const adapted = { ...envelope, payload: await adapt(envelope.type, envelope.payload) }
    for (const watcher of watchers) {
      if (!watcher(adapted)) continue
      watchers.delete(watcher)
      break
    }
    nextLink()?.peer.send(JSON.stringify(adapted))
  }

  function fromApp(link: Link, text: string): void {
    const { envelope_id, payload } = JSON.parse(text) as { envelope_id?: string; payload?: unknown }
    const waiter = envelope_id ? waiting.get(envelope_id) : undefined
    if (envelope_id) waiting.delete(envelope_id)
    waiter?.(payload)
    if (link.upstream?.readyState === WebSocket.OPEN) link.upstream.send(text)
  }

  function connect(request: IncomingMessage, socket: Duplex, head: Buffer, address: string | null): void {
    const held: string[] = []
    const behind = address ? new WebSocket(address) : null
    const peer = acceptWebSocket(request, socket, head, {
      text: (text) => (behind?.readyState === WebSocket.CONNECTING ? held.push(text) : fromApp(link, text)),
      closed() {
        links.splice(links.indexOf(link), 1)
        behind?.close()
      },
    })
    const link: Link = { peer, upstream: behind }
    links.push(link)
    behind?.addEventListener('open', () => {
      for (const text of held) fromApp(link, text)
    })
    behind?.addEventListener('message', ({ data }) => void fromUpstream(link, String(data)))
    behind?.addEventListener('close', () => peer.close())
    const hello = { type: 'hello', num_connections: links.length, connection_info: {}, debug_info: { host: 'harness' } }
    if (!behind) peer.send(JSON.stringify(hello))
    for (const arrived of arrivals) arrived()
    arrivals.clear()
  }

  const acknowledged = (envelopeId: string, start: number): Promise<Acked> =>
    new Promise((done) => {
      const timer = setTimeout(() => {
        waiting.delete(envelopeId)
        done({ acked: false, payload: undefined, ms: performance.now() - start })
      }, ackWaitMs)
      waiting.set(envelopeId, (payload) => {
        clearTimeout(timer)
        done({ acked: true, payload, ms: performance.now() - start })
      })
    })

  return {
    get connections() {
      return links.length
    },
    /** Resolves at the next connection, or at once when there is one. */
    connected: () => (links.length > 0 ? Promise.resolve() : new Promise<void>((done) => arrivals.add(done))),

    /** For `apps.connections.open`: the path of one new connection. */
    async mint(): Promise<string> {
      const id = randomUUID()
      minted.set(id, upstream ? await upstream() : null)
      return `/link/${id}`
    },

    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const id = request.url?.split('/').at(-1) ?? ''
      const address = minted.get(id)
      // An address is good for one connection, as Slack's.
      if (!minted.delete(id) || address === undefined) return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
      connect(request, socket, head, address)
    },

    /** One envelope to one connection. Undefined when there is no connection. */
    send(type: Envelope['type'], payload: Fields, retry?: { attempt: number; reason: string }): Promise<Acked> | undefined {
      const link = nextLink()
      if (!link) return
      const envelope: Envelope = {
        envelope_id: randomUUID(),
        type,
        payload,
        accepts_response_payload: type !== 'events_api',
        ...(retry ? { retry_attempt: retry.attempt, retry_reason: retry.reason } : {}),
      }
      const answer = acknowledged(envelope.envelope_id, performance.now())
      link.peer.send(JSON.stringify(envelope))
      return answer
    },

    /** Watches for the next envelope of local-slack that `match` accepts, and for its acknowledgement. */
    watch(match: (envelope: Envelope) => boolean): Watched {
      let came = false
      let watcher: (envelope: Envelope) => boolean = () => false
      const answer = new Promise<{ envelope: Envelope; answer: Acked }>((done) => {
        watcher = (envelope) => {
          if (!match(envelope)) return false
          came = true
          void acknowledged(envelope.envelope_id, performance.now()).then((answer) => done({ envelope, answer }))
          return true
        }
        watchers.add(watcher)
      })
      return { answer, came: () => came, forget: () => watchers.delete(watcher) }
    },

    /** Slack asks the app to connect anew, as it does every few hours. */
    refresh(): void {
      for (const { peer } of links) peer.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: {} }))
    },
    /** The line is cut. */
    cut(): void {
      for (const { peer } of [...links]) peer.cut()
    },
    close(): void {
      for (const { peer } of [...links]) peer.close()
    },
  }
}
