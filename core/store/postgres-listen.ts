import { type Clock, every, sleep } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import { channel } from './postgres-dialect.ts'
import { answerWithinMs, openSession } from './postgres-session.ts'

export interface ListenOptions {
  url: string
  clock: Clock
  random: Random
  log: Log
  /** Whether a process of the server is ours: we know what we wrote. */
  own(pid: number): boolean
  wake(): void
  /** The server does not answer any more, and has not said so. */
  onSilence(): void
}

const pingEveryMs = 1_000
/** In a storm listeners are woken at most so often; what they read then is all there is. */
const wakeEveryMs = 10
const backoffMs = { least: 50, most: 1_000 }

/** Hears what others append to the journal, and misses a server that has vanished. The answer stops it. */
export function listen(options: ListenOptions): () => void {
  const stopped = new AbortController()
  void listening(options, stopped.signal)
  return () => stopped.abort()
}

async function listening(options: ListenOptions, signal: AbortSignal): Promise<void> {
  const { clock, random, log, wake } = options
  const woken = calmly(clock, wake)
  for (let failures = 0; !signal.aborted; ) {
    try {
      await hear(options, woken, signal, () => {
        failures = 0
      })
    } catch (error) {
      failures++
      if (failures === 1) log.warn({ err: (error as Error).message }, 'the store does not tell what others write; asked again')
    }
    const waitMs = Math.min(backoffMs.most, backoffMs.least * 2 ** Math.min(failures, 10)) * (0.5 + random.next() / 2)
    if (!signal.aborted) await sleep(clock, waitMs, signal)
  }
}

async function hear(
  { url, clock, own, onSilence }: ListenOptions,
  wake: () => void,
  signal: AbortSignal,
  began: () => void,
): Promise<void> {
  const session = await openSession({ url, clock, onNotice: (pid) => own(pid) || wake() })
  const stop = () => session.cut('it was stopped')
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    await session.ask(`listen ${channel}`, [], answerWithinMs)
    began()
    // Whatever was appended while nobody listened.
    wake()
    let asked = false
    async function ping(): Promise<void> {
      if (asked) return
      asked = true
      try {
        await session.ask('select 1', [], answerWithinMs)
      } catch (error) {
        if ((error as { code?: string }).code === 'ETIMEDOUT') onSilence()
      }
      asked = false
    }
    const stopPings = every(clock, pingEveryMs, () => void ping())
    await session.over.finally(stopPings)
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

/** The first at once, the others of the same moment together. */
function calmly(clock: Clock, fn: () => void): () => void {
  let resting = false
  let again = false
  function rest(): void {
    resting = true
    clock.after(wakeEveryMs, () => {
      resting = false
      if (!again) return
      again = false
      fn()
      rest()
    })
  }
  return () => {
    if (resting) {
      again = true
      return
    }
    fn()
    rest()
  }
}
