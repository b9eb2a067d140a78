import { causeChain } from '../errors.ts'
import type { JournalEvent } from '../journal/journal.ts'
import type { ApiPorts } from './ports.ts'
import { iso } from './wire.ts'

const readMax = 500

/** One event as server-sent text. */
export interface Frame {
  seq: number
  text: string
}

export function frameOf({ seq, at, kind, component, incident, run, andon, data }: JournalEvent): Frame {
  const told = { seq, at: iso(at), kind, component, incident, run, andon, data }
  return { seq, text: `id: ${seq}\nevent: ${kind}\ndata: ${JSON.stringify(told)}\n\n` }
}

export interface Ring {
  /** Begins to follow the journal; the answer stops it, and forgets. */
  start(): () => void
  /** The frames after `seq`, at most 500; null when it does not reach back so far. */
  after(seq: number): Frame[] | null
}

/** Reads on in the journal whenever something was committed, one reading at a time, and keeps the last `size` events and up to as many before. */
export function openRing(ports: Pick<ApiPorts, 'journal' | 'log'>, size: number, filled: () => void): Ring {
  let frames: Frame[] = []
  /** It holds all events in (from, to]; null: it does not know yet where it begins. */
  let from: number | null = null
  let to = 0
  /** Counts starts and stops: a reading that was begun before must not fill what comes after. */
  let life = 0
  let running = false
  let reading = false
  let again = false

  function forget() {
    frames = []
    from = null
  }

  async function readOn(mine: number) {
    if (from === null) {
      const last = await ports.journal.lastEvent()
      if (mine !== life) return
      from = to = last
      // Readers that looked in the journal just before may have missed the last event: they look once more.
      filled()
    }
    for (;;) {
      const events = await ports.journal.events(to, readMax)
      if (mine !== life || events.length === 0) return
      frames.push(...events.map(frameOf))
      to = frames.at(-1)?.seq ?? to
      if (frames.length > 2 * size) {
        from = frames.at(-size - 1)?.seq ?? from
        frames = frames.slice(-size)
      }
      filled()
    }
  }

  async function read() {
    again = true
    if (reading) return
    reading = true
    try {
      while (again && running) {
        again = false
        await readOn(life)
      }
    } catch (error) {
      ports.log.warn({ problem: causeChain(error) }, 'live events: the journal cannot be read; again at its next commit')
      // It knows nothing more: readers look in the journal themselves, and are cut if they fail as well.
      forget()
      filled()
    } finally {
      reading = false
    }
  }

  return {
    start() {
      life++
      running = true
      const stop = ports.journal.onCommit(() => void read())
      void read()
      return () => {
        stop()
        life++
        running = false
        forget()
      }
    },
    after(seq) {
      if (from === null || seq < from) return null
      let low = 0
      for (let high = frames.length; low < high; ) {
        const middle = (low + high) >> 1
        if ((frames[middle] as Frame).seq <= seq) low = middle + 1
        else high = middle
      }
      return frames.slice(low, low + readMax)
    },
  }
}
