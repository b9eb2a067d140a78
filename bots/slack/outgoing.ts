import { type Clock, sleep } from '../../core/clock.ts'
import type { Journal, OutboxEntry } from '../../core/journal/journal.ts'
import type { Place } from './message.ts'
import type { AnswerOf, ReadMessage, SlackMethod } from './methods.ts'
import { type CallOptions, NotYet, refusalOf, type Said, SlackTrouble } from './ops/define.ts'
import type { Pace } from './pace.ts'
import type { Web } from './web.ts'

/** Written into what we post, so that it can be recognised when an answer was lost. */
const eventType = 'jidoka'
const lookPages = 20
const lookPage = 200
/** Slack's clock need not be ours. */
const skewMs = 300_000

/** What is known of a message in hand, beyond its row. */
export interface Attempt {
  entry: OutboxEntry & { lane: string }
  /** A call for it may have been carried out without our knowing. */
  doubt: boolean
  /** It stands in the store that a call was begun. */
  begun: boolean
  /** What was mended for it once, and is not mended again. */
  repaired: Set<string>
}

interface OutgoingPorts {
  journal: Journal
  web: Web
  pace: Pace
  clock: Clock
  signal: AbortSignal
  /** At most so many calls at once. */
  concurrency: number
  /** Slack answered: whoever waits for it may go on. */
  reached(): void
  us(): { user: string } | null
}

/** Calls to Slack, paced; and posts that happen once, whatever is lost on the way. */
export function openOutgoing({ journal, web, pace, clock, signal, concurrency, reached, us }: OutgoingPorts) {
  const slots = openSlots(concurrency)

  async function call<Method extends SlackMethod>(
    attempt: Attempt | null,
    method: Method,
    args: Record<string, unknown> | (() => Record<string, unknown>),
    { patienceMs = Number.POSITIVE_INFINITY }: CallOptions = {},
  ): Promise<AnswerOf<Method>> {
    const channel = channelOf(typeof args === 'function' ? args() : args)
    const from = clock.monotonic()
    for (;;) {
      const wait = pace.waitOf(method, channel)
      if (clock.monotonic() - from + wait > patienceMs) throw new SlackTrouble(method, channel, { kind: 'limited', retryAfterMs: wait })
      if (!(await pace.turn(method, channel, signal))) throw new NotYet('stopping')
      await slots.take()
      const answer = await web.call(method, typeof args === 'function' ? args() : args).finally(slots.give)
      if (answer.ok || answer.trouble.kind !== 'away') reached()
      if (answer.ok) return answer.result
      const { trouble } = answer
      if (trouble.kind !== 'limited') {
        if (attempt && trouble.kind === 'away' && trouble.done === 'maybe') attempt.doubt = true
        throw new SlackTrouble(method, channel, trouble)
      }
      pace.limited(method, channel, trouble.retryAfterMs)
    }
  }

  /** Marks the message as tried before it is: after a crash we look, and nothing newer takes its place unseen. */
  async function begin(attempt: Attempt): Promise<void> {
    if (attempt.begun) return
    await journal.settle(attempt.entry.id, { sent: false, problem: 'under way', nextAt: clock.now() })
    attempt.begun = true
  }

  async function post(attempt: Attempt, key: string, place: Place, say: () => Said): Promise<string> {
    const known = await journal.reference(key)
    if (known) return known
    const found = attempt.doubt ? await find(key, place, attempt.entry.createdAt) : null
    attempt.doubt = false
    if (found === null) await begin(attempt)
    const ts = found ?? (await call(attempt, 'chat.postMessage', () => messageOf(key, place, say()))).ts
    const ref = `${place.channel}/${ts}`
    await journal.refer({ [key]: ref })
    return ref
  }

  /** Our message with this key in a channel or thread, since it was ordered. */
  async function find(key: string, { channel, thread }: Place, orderedAt: number): Promise<string | null> {
    const oldest = ((orderedAt - skewMs) / 1_000).toFixed(6)
    let cursor: string | undefined
    for (let page = 0; page < lookPages; page++) {
      const args = { channel, oldest, limit: lookPage, include_all_metadata: true, ...(cursor ? { cursor } : {}) }
      const answer = await (thread === null
        ? call(null, 'conversations.history', args)
        : call(null, 'conversations.replies', { ...args, ts: thread })
      ).catch((error: unknown) => {
        // We may not look: rather twice than never.
        if (refusalOf(error) !== null) return null
        throw error
      })
      const ours = answer?.messages?.find((message) => isOurs(message, key))
      if (ours) return ours.ts
      cursor = answer?.response_metadata?.next_cursor || undefined
      if (!cursor) return null
    }
    return null
  }

  function isOurs({ user, metadata }: ReadMessage, key: string): boolean {
    const self = us()
    if (self && user !== undefined && user !== self.user) return false
    return metadata?.event_type === eventType && metadata.event_payload?.key === key
  }

  /** Our own room of this name: made by a call whose answer was lost. */
  async function ownRoom(name: string): Promise<string | null> {
    let cursor: string | undefined
    for (let page = 0; page < 3; page++) {
      const types = 'public_channel,private_channel'
      const answer = await call(null, 'users.conversations', { types, exclude_archived: true, limit: 999, ...(cursor ? { cursor } : {}) })
      const found = answer.channels.find((channel) => channel.name === name)
      const self = us()
      if (found) return self && found.creator !== undefined && found.creator !== self.user ? null : found.id
      cursor = answer.response_metadata?.next_cursor || undefined
      if (!cursor) return null
    }
    return null
  }

  return { call, post, ownRoom }
}
export type Outgoing = ReturnType<typeof openOutgoing>

const channelOf = ({ channel }: Record<string, unknown>) => (typeof channel === 'string' ? channel : undefined)

const messageOf = (key: string, { channel, thread }: Place, said: Said) => ({
  channel,
  ...(thread === null ? {} : { thread_ts: thread }),
  ...said,
  parse: 'none',
  link_names: false,
  unfurl_links: false,
  unfurl_media: false,
  metadata: { event_type: eventType, event_payload: { key } },
})

function openSlots(most: number) {
  let free = most
  const waiting: (() => void)[] = []
  return {
    async take(): Promise<void> {
      if (free > 0) free -= 1
      else await new Promise<void>((go) => waiting.push(go))
    },
    give(): void {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    },
  }
}

/** Waits that can be ended early: all that wait for a word. */
export function openNaps(clock: Clock, stopping: AbortSignal) {
  const napping = new Map<AbortController, string>()
  return {
    async nap(ms: number, word: string): Promise<void> {
      const woken = new AbortController()
      const stop = () => woken.abort()
      stopping.addEventListener('abort', stop, { once: true })
      napping.set(woken, word)
      await sleep(clock, stopping.aborted ? 0 : ms, woken.signal)
      napping.delete(woken)
      stopping.removeEventListener('abort', stop)
    },
    wake(word: string): void {
      for (const [woken, of] of napping) if (of === word) woken.abort()
    },
  }
}
