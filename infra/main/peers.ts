import type { AlertInput } from '../../core/alerts/alert.ts'
import { type Clock, every } from '../../core/clock.ts'
import type { ControllerInfo, Leadership } from '../../core/journal/leader.ts'

export interface PeerPorts {
  leadership: Pick<Leadership, 'controllers'>
  /** How we are known to the others. */
  url: string
  clock: Clock
  /** Whether we lead now. */
  leads(): boolean
  /** What fires as far as we see. */
  firing(): AlertInput[]
  /** The store is away; see alarm.ts. */
  alarm(error: unknown, alerts: readonly AlertInput[]): void
  /** Asked of a controller: is it alive, whatever it says of its health? */
  lives(url: string): Promise<boolean>
}

/** The controllers that share our store, as they were when it was last asked. */
export interface Peers {
  list(): Promise<readonly ControllerInfo[]>
  /** Who leads; null: nobody, as far as we know. */
  leaderUrl(): string | null
  /** Somebody else leads. */
  followed: Promise<void>
  /** Looks every second, and calls `tick` after each look. */
  start(tick: () => void): void
  stop(): void
}

const lookEveryMs = 1_000
/** A store that is away for less is not told by those who did not lead: a page for each restart of it would be noise. */
const followerWaitsMs = 10_000

/**
 * Knows the others, and notices that the store is away when nobody leads any more who would. The one who led last tells people;
 * another one only when that one is gone as well.
 */
export function knowPeers({ leadership, url, clock, leads, firing, alarm, lives }: PeerPorts): Peers {
  let known: readonly ControllerInfo[] = []
  let awaySince: number | null = null
  let leader: string | null = null
  let looking: Promise<void> | null = null
  let stop: (() => void) | null = null
  let follow = () => {}
  const followed = new Promise<void>((resolve) => {
    follow = resolve
  })

  async function look(): Promise<void> {
    try {
      known = newest(await leadership.controllers())
      awaySince = null
      const led = leader
      leader = leads() ? url : (known.find((one) => one.leader && one.url !== url)?.url ?? led)
      if (leader !== null && leader !== url) follow()
    } catch (error) {
      awaySince ??= clock.monotonic()
      if (await oursToTell(clock.monotonic() - awaySince)) alarm(error, firing())
    }
  }

  async function oursToTell(awayMs: number): Promise<boolean> {
    if (leader === url || leads()) return true
    return awayMs >= followerWaitsMs && (leader === null || !(await lives(leader)))
  }

  function lookOnce(): Promise<void> {
    looking ??= look().finally(() => {
      looking = null
    })
    return looking
  }

  return {
    async list() {
      // Who looks every second knows, also while the store is away.
      if (!stop) await lookOnce()
      return known.map((one) => (one.url === url ? { ...one, leader: leads() } : one))
    },
    leaderUrl: () => (leads() ? url : leader),
    followed,
    start(tick) {
      stop = every(clock, lookEveryMs, () => void lookOnce().then(tick))
      void lookOnce()
    },
    stop: () => stop?.(),
  }
}

const aliveWithinMs = 2_000

/** Whether a controller answers anything at all. */
export const isAlive = (url: string): Promise<boolean> =>
  fetch(`${url}/health`, { signal: AbortSignal.timeout(aliveWithinMs) }).then(
    () => true,
    () => false,
  )

/** One that was killed and started again is there twice for a minute. */
function newest(controllers: readonly ControllerInfo[]): ControllerInfo[] {
  const byUrl = new Map<string, ControllerInfo>()
  for (const one of controllers) if ((byUrl.get(one.url)?.seenAt ?? 0) <= one.seenAt) byUrl.set(one.url, one)
  return [...byUrl.values()]
}
