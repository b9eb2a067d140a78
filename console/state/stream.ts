/** One server-sent event. `data` is what its JSON says. */
export interface Told {
  kind: string
  data: Record<string, unknown>
}

/** Gathers the text of a stream into events; a comment or half an event tells nothing yet. */
export function eventParser(tell: (told: Told) => void): (text: string) => void {
  let rest = ''
  return (text) => {
    const blocks = (rest + text).split(/\r?\n\r?\n/)
    rest = blocks.pop() as string
    for (const block of blocks) {
      const told = parse(block)
      if (told) tell(told)
    }
  }
}

function parse(block: string): Told | null {
  let kind = 'message'
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? []
    if (field === 'event') kind = value as string
    if (field === 'data') data.push(value as string)
  }
  if (data.length === 0) return null
  try {
    return { kind, data: JSON.parse(data.join('\n')) as Record<string, unknown> }
  } catch {
    return null
  }
}

export interface Follower {
  told(event: Told): void
  /** The stream is open, or not any more. */
  link(live: boolean): void
  /** The session is over. */
  unauthorized(): void
}

/** The server says something each 15 s; a connection that is silent for so long is dead, whatever the kernel believes. */
const silenceMs = 25_000
const backoffMs = [200, 400, 800, 1_500, 3_000] as const

/**
 * Follows /v1/events until `signal` aborts, and connects again by itself. By fetch and not by EventSource, which tells neither
 * why it was refused nor that a silent connection has died, and hides kinds of events that it was not told to expect.
 */
export async function followEvents(path: string, follower: Follower, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    const outcome = await followOnce(path, follower, signal, () => (failures = 0)).catch(() => 'lost' as const)
    if (signal.aborted) return
    follower.link(false)
    if (outcome === 'unauthorized') return follower.unauthorized()
    const wait = backoffMs[Math.min(failures, backoffMs.length - 1)] as number
    await pause(wait * (0.75 + Math.random() / 2), signal)
  }
}

async function followOnce(path: string, follower: Follower, signal: AbortSignal, heard: () => void): Promise<'lost' | 'unauthorized'> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), silenceMs)
  const alive = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(), silenceMs)
  }
  try {
    const response = await fetch(path, { headers: { accept: 'text/event-stream' }, signal: AbortSignal.any([signal, silence.signal]) })
    if (response.status === 401) return 'unauthorized'
    if (!response.ok || !response.body) return 'lost'
    heard()
    follower.link(true)
    const parse = eventParser(follower.told)
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      alive()
      parse(text)
    }
    return 'lost'
  } finally {
    clearTimeout(timer)
  }
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
