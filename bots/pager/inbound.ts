import { z } from 'zod'
import type { Clock } from '../../core/clock.ts'
import { fault, isFault } from '../../core/errors.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { PageDesk } from './desk.ts'
import type { By } from './page.ts'
import { signedByPagerDuty } from './pagerduty.ts'

/** What PagerDuty tells us (webhooks v3); of the rest nothing is looked at. */
const eventSchema = z.object({
  event: z.object({
    id: z.string().min(1).max(200),
    event_type: z.string(),
    occurred_at: z.iso.datetime({ offset: true }),
    agent: z.object({ id: z.string(), type: z.string().optional(), summary: z.string().optional() }).nullish(),
    data: z.object({ incident_key: z.string().nullish() }).loose().nullish(),
  }),
})

/** Where PagerDuty tells what happened there; its signature is its only key. */
export const pagerDutyPath = '/v1/webhooks/pagerduty'

/** What was seen is remembered for a day; nothing older is believed. */
const oldestMs = 20 * 3_600_000

export interface InboundPorts {
  desk: PageDesk
  journal: Pick<Journal, 'firstSeen'>
  clock: Clock
  /** Secrets of the webhook subscriptions. */
  secrets(): readonly string[]
}

/** Acknowledgements that come back from PagerDuty. Answers whether it changed something. */
export function fromPagerDuty({ desk, journal, clock, secrets }: InboundPorts) {
  /** Seen, but what they say could not be done: they may come again. */
  const unfinished = new Set<string>()

  async function act(type: string, key: string, by: By): Promise<boolean> {
    if (type === 'incident.acknowledged' || type === 'incident.resolved') return (await desk.acknowledge(key, by, 'pagerduty')).changed
    if (type !== 'incident.unacknowledged') return false
    const page = await desk.get(key)
    // Of an acknowledgement that was made elsewhere PagerDuty knows nothing.
    if (page?.state.status !== 'acknowledged' || page.acknowledged?.via !== 'pagerduty') return false
    await desk.reescalate(key, by, 'unacknowledged in PagerDuty')
    return true
  }

  return async (body: string, signature: string | undefined): Promise<boolean> => {
    if (!signedByPagerDuty(body, signature, secrets())) throw fault('unauthorized')
    const parsed = eventSchema.safeParse(jsonOf(body))
    if (!parsed.success) throw fault('bad-request', { problems: parsed.error.issues.map(({ path }) => path.join('.')).join(', ') })
    const { id, event_type, occurred_at, agent, data } = parsed.data.event
    const seen = `pagerduty/${id}`
    if (!data?.incident_key || Math.abs(clock.now() - Date.parse(occurred_at)) > oldestMs) return false
    if (!(await journal.firstSeen(seen)) && !unfinished.delete(seen)) return false
    const by = { id: `pagerduty:${agent?.id ?? 'unknown'}`, name: agent?.summary?.slice(0, 100) ?? 'PagerDuty' }
    try {
      return await act(event_type, data.incident_key, by)
    } catch (error) {
      // An alert of PagerDuty that is none of ours.
      if (isFault(error, 'not-found')) return false
      unfinished.add(seen)
      throw error
    }
  }
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw fault('malformed-body', { problem: 'it cannot be parsed' }, cause)
  }
}
