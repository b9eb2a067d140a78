import type { Feature } from '../../core/api/app.ts'
import { every } from '../../core/clock.ts'
import { causeChain } from '../../core/errors.ts'
import { openDutyDesk } from './desk.ts'
import type { DutyDesk, DutyPorts, ReviewDesk } from './ports.ts'
import { openReviews } from './reviews.ts'
import { dutyRoutes } from './routes.ts'

const tickEveryMs = 5_000

export interface Duty {
  duty: DutyDesk
  reviews: ReviewDesk
  feature: Feature
  /** Ids of who is on duty today. */
  onDuty(): Promise<string[]>
  /** Draws and opens what is due, catches up with what was missed, and works from then on. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Duty and reviews, put together. The desk of the findings may ask `duty` who is on duty: it can be made before. */
export function openDuty(ports: DutyPorts, duty: DutyDesk = openDutyDesk(ports)): Duty {
  const { clock, log, catalog } = ports
  const reviews = openReviews({ ...ports, duty })
  let stopTicking = () => {}
  let ticking: Promise<void> | null = null

  async function tick(): Promise<void> {
    await duty.tick().catch((error: unknown) => log.error({ err: causeChain(error) }, 'duty could not be drawn; tried again'))
    await reviews.tick()
  }
  function look(): void {
    ticking ??= tick()
      .catch((error: unknown) => log.error({ err: causeChain(error) }, 'the review could not be looked at; tried again'))
      .finally(() => {
        ticking = null
      })
  }
  return {
    ...{ duty, reviews },
    feature: dutyRoutes({ duty, reviews, catalog }),
    onDuty: async () => (await duty.now()).today,
    async start() {
      stopTicking = every(clock, tickEveryMs, look)
      look()
      await ticking
    },
    async stop() {
      stopTicking()
      await ticking
    },
  }
}
