import { type Clock, every } from '../../core/clock.ts'
import { causeChain } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { FindingsDesk } from '../desk.ts'

const lookEveryMs = 30_000

/** Reminds of asks, and brings back what was muted, when it is time; also what came due while nobody ran. */
export function keepFindings({ desk, clock, log }: { desk: Pick<FindingsDesk, 'tick'>; clock: Clock; log: Log }) {
  let busy: Promise<void> | null = null
  let cancel = () => {}
  function look(): void {
    busy ??= desk
      .tick()
      .catch((error: unknown) => log.error({ err: causeChain(error) }, 'findings could not be looked at; tried again'))
      .finally(() => {
        busy = null
      })
  }
  return {
    async start(): Promise<void> {
      cancel = every(clock, lookEveryMs, look)
      look()
      await busy
    },
    async stop(): Promise<void> {
      cancel()
      await busy
    },
  }
}
