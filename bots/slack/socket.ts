import type { SocketModeReceiver } from '@slack/bolt'
import type { Clock } from '../../core/clock.ts'
import { causeChain } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'

/**
 * Keeps one connection of Socket Mode, for ever. The client's own reconnecting is off: after one failed request it gives up silently,
 * and what it throws then ends the process. Here each connection is a new receiver, and there is always either one that lives or the
 * next attempt.
 */
export interface SocketKeeper {
  start(): void
  stop(): Promise<void>
  connected(): boolean
}

export interface SocketOptions {
  /** A receiver that is tied to the app, with `autoReconnectEnabled: false` and no retries. */
  make(): Pick<SocketModeReceiver, 'start' | 'stop' | 'client'>
  clock: Clock
  log: Log
}

/** So long for the address and the hello of a new connection. */
const helloWithinMs = 20_000
const firstDelayMs = 500
const longestDelayMs = 30_000
/** Wrong tokens do not become right by asking often. */
const hopeless = /invalid_auth|not_authed|account_inactive|user_removed_from_team|team_disabled|not_allowed_token_type|missing_scope/
const hopelessDelayMs = 60_000
const closeWithinMs = 1_000

type Live = ReturnType<SocketOptions['make']>

export function keepSocket({ make, clock, log }: SocketOptions): SocketKeeper {
  let live: Live | null = null
  let connected = false
  let stopped = false
  let failures = 0
  let cancel = () => {}

  function next(delayMs: number): void {
    cancel()
    if (!stopped) cancel = clock.after(delayMs, () => void connect())
  }

  async function connect(): Promise<void> {
    const mine = make()
    live = mine
    connected = false
    const late = clock.after(helloWithinMs, () => lost(mine, 'no hello came'))
    mine.client.on('disconnected', () => lost(mine, 'it was closed'))
    // Slack is about to close it: the next one is opened before this one is gone.
    mine.client.on('ws_message', (data: unknown) => {
      if (live === mine && /"type"\s*:\s*"disconnect"/.test(String(data).slice(0, 200))) next(0)
    })
    try {
      await mine.start()
      if (live !== mine || stopped) return await end(mine)
      connected = true
      failures = 0
      log.info({}, 'connected to Slack')
    } catch (error) {
      lost(mine, causeChain(error ?? 'it was closed at once'))
    } finally {
      late()
    }
  }

  function lost(mine: Live, problem: string): void {
    if (live !== mine) return
    live = null
    const had = connected
    connected = false
    void end(mine)
    if (stopped) return
    failures += 1
    const wrong = hopeless.test(problem)
    const delay = wrong ? hopelessDelayMs : Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures - 1, 10))
    if (wrong) log.error({ problem }, 'Slack refuses the app-level token: see jidoka doctor')
    else if (had || failures === 1) log.warn({ problem }, 'no connection to Slack; it is tried again and again')
    next(delay)
  }

  return {
    start: () => next(0),
    connected: () => connected,
    async stop() {
      stopped = true
      cancel()
      const mine = live
      live = null
      connected = false
      if (mine) await end(mine)
    },
  }

  /** Waits for the close, but not for ever. */
  async function end(mine: Live): Promise<void> {
    const closed = mine.client.disconnect().catch(() => {})
    await new Promise<void>((resolve) => {
      const late = clock.after(closeWithinMs, resolve)
      void closed.then(() => {
        late()
        resolve()
      })
    })
  }
}
