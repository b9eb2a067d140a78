import { every } from '../clock.ts'
import { causeChain, fault } from '../errors.ts'
import { memberView } from './components.ts'
import type { ApiPorts } from './ports.ts'
import { type Frame, frameOf, openRing } from './ring.ts'

/**
 * Live events for many readers. The newest events are read from the journal once and kept as ready frames in a ring; each
 * reader goes along it at its own speed and holds only its place. One that fell out of the ring reads from the journal, one
 * that takes nothing for `stallMs` is cut, and comes back with the id of the last event that it saw.
 */
export interface Live {
  /** `after`: the last event seen, null: from now on. `cut` ends its connection, `closing` ends the stream. Throws `too-many-clients`. */
  follow(after: number | null, end?: { cut?: () => void; closing?: AbortSignal }): Promise<ReadableStream<Uint8Array>>
  readers(): number
}

export interface LiveLimits {
  ringEvents: number
  heartbeatMs: number
  /** Changes of status within it are told together. */
  gatherMs: number
  stallMs: number
  maxReaders: number
}

export const liveLimits: LiveLimits = { ringEvents: 2_000, heartbeatMs: 15_000, gatherMs: 100, stallMs: 30_000, maxReaders: 500 }

const readMax = 500
const chunkChars = 64 * 1024
const encoder = new TextEncoder()

interface Reader {
  /** The last event that it was given. */
  seq: number
  /** What was read for it and is still to be given, so that a reader far behind does not read the same twice. */
  ahead: Frame[]
  /** Members whose status it has not been told; however often they change, once each. */
  changed: Set<string>
  /** Set while it waits for something to happen; absent while it is busy, or its connection is full. */
  wake: (() => void) | null
  tookAt: number
  beat: boolean
  /** `ended`: it is to get no more. `cancelled`: nobody is there to get it. */
  state: 'open' | 'ended' | 'cancelled'
  cut(): void
  /** Takes back what was hung up elsewhere for it. */
  release(): void
}

export function openLive(ports: Pick<ApiPorts, 'catalog' | 'journal' | 'status' | 'clock' | 'log'>, limits: LiveLimits = liveLimits): Live {
  const { journal, clock } = ports
  const readers = new Set<Reader>()
  const ring = openRing(ports, limits.ringEvents, () => wakeAll())
  let stops: (() => void)[] = []

  function wakeAll() {
    for (const reader of readers) reader.wake?.()
  }

  function start() {
    const gather = gatherChanges(ports, limits.gatherMs, (members) => {
      for (const reader of readers) for (const member of members) reader.changed.add(member)
      wakeAll()
    })
    stops = [
      ring.start(),
      ports.status.onChange((status) => gather.add(status.member)),
      every(clock, limits.heartbeatMs, tick),
      gather.stop,
    ]
  }

  function leave(reader: Reader, state: 'ended' | 'cancelled' = 'ended') {
    if (reader.state !== 'cancelled') reader.state = state
    reader.release()
    reader.wake?.()
    if (!readers.delete(reader) || readers.size > 0) return
    for (const stop of stops) stop()
    stops = []
  }

  function tick() {
    for (const reader of readers) {
      if (reader.wake) {
        reader.beat = true
        reader.wake()
      } else if (clock.monotonic() - reader.tookAt > limits.stallMs) {
        leave(reader)
        reader.cut()
      }
    }
  }

  /** What it is to be told next, as one piece of text; empty: nothing. */
  async function take(reader: Reader): Promise<string> {
    let text = ''
    for (const member of reader.changed) {
      if (text.length > chunkChars) return text
      reader.changed.delete(member)
      text += statusFrame(ports, member)
    }
    if (reader.ahead.length === 0) reader.ahead = ring.after(reader.seq) ?? (await journal.events(reader.seq, readMax)).map(frameOf)
    let given = 0
    for (; given < reader.ahead.length && text.length <= chunkChars; given++) text += reader.ahead[given]?.text
    reader.seq = reader.ahead[given - 1]?.seq ?? reader.seq
    reader.ahead = reader.ahead.slice(given)
    if (text === '' && reader.beat) text = ': beat\n\n'
    reader.beat = false
    return text
  }

  async function pull(reader: Reader, controller: ReadableStreamDefaultController<Uint8Array>) {
    while (reader.state === 'open') {
      const woken = new Promise<void>((resolve) => (reader.wake = resolve))
      const text = await take(reader)
      if (text === '') await woken
      else {
        reader.wake = null
        reader.tookAt = clock.monotonic()
        // It may have gone away while its text was made.
        if (isThere(reader)) controller.enqueue(encoder.encode(text))
        return
      }
    }
    if (isThere(reader)) controller.close()
  }

  async function join(after: number | null, end: { cut?: () => void; closing?: AbortSignal }): Promise<Reader> {
    if (readers.size >= limits.maxReaders) throw fault('too-many-clients', { limit: limits.maxReaders })
    const quit = () => leave(reader)
    const reader: Reader = {
      seq: 0,
      ahead: [],
      changed: new Set(ports.status.all().map((status) => status.member)),
      wake: null,
      tookAt: clock.monotonic(),
      beat: false,
      state: 'open',
      cut: end.cut ?? (() => undefined),
      release: () => end.closing?.removeEventListener('abort', quit),
    }
    end.closing?.addEventListener('abort', quit)
    if (readers.size === 0) start()
    readers.add(reader)
    try {
      const last = await journal.lastEvent()
      // An id from another journal may lie ahead of ours: its reader would wait for events that never come.
      reader.seq = Math.min(after ?? last, last)
      return reader
    } catch (error) {
      leave(reader)
      throw error
    }
  }

  async function follow(after: number | null, end: { cut?: () => void; closing?: AbortSignal } = {}) {
    const reader = await join(after, end)
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => controller.enqueue(encoder.encode(`id: ${reader.seq}\nevent: ready\ndata: {"seq":${reader.seq}}\n\n`)),
        pull: (controller) =>
          pull(reader, controller).catch((error: unknown) => {
            ports.log.warn({ problem: causeChain(error) }, 'live events: a client is cut, since the journal cannot be read')
            leave(reader)
            if (isThere(reader)) controller.close()
          }),
        cancel: () => leave(reader, 'cancelled'),
      },
      { highWaterMark: 0 },
    )
  }

  return { follow, readers: () => readers.size }
}

const isThere = (reader: Reader) => reader.state !== 'cancelled'

function statusFrame(ports: Pick<ApiPorts, 'catalog' | 'status'>, id: string): string {
  const found = ports.catalog.findMember(id)
  if (!found) return ''
  return `event: status\ndata: ${JSON.stringify({ component: found.component.id, ...memberView(found.member.site, ports.status.of(id)) })}\n\n`
}

/** The first change is told at once; what changes within `gatherMs` after it, together. */
function gatherChanges(ports: Pick<ApiPorts, 'clock'>, gatherMs: number, tell: (members: string[]) => void) {
  const waiting = new Set<string>()
  let cancel: (() => void) | null = null
  function flush() {
    cancel = null
    if (waiting.size === 0) return
    const members = [...waiting]
    waiting.clear()
    cancel = ports.clock.after(gatherMs, flush)
    tell(members)
  }
  return {
    add(member: string) {
      waiting.add(member)
      if (!cancel) flush()
    },
    stop: () => cancel?.(),
  }
}
