import { every } from '../../core/clock.ts'
import { causeChain } from '../../core/errors.ts'
import type { Journal, OutboxEntry } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { Page, Pager, PagerPorts } from './define.ts'
import { openPager as open } from './open.ts'
import { textOf, titleOf } from './words.ts'

const batch = 20
const firstRetryMs = 1_000
const longestRetryMs = 60_000

export const openPager = open

export const pageOf = (entry: Pick<OutboxEntry, 'dedupe' | 'incident' | 'payload'>): Page => ({
  dedupe: entry.dedupe,
  incident: entry.incident,
  title: titleOf(entry.payload),
  text: textOf(entry.payload, entry.incident),
  payload: entry.payload,
})

/**
 * Takes pages from the outbox to people, at least once each, until every pager has taken them or one of them has:
 * a page counts as sent when at least one pager took it; one that nobody took is tried again, later and later.
 */
export function deliverPages({
  journal,
  pagers,
  clock,
  log,
}: { journal: Journal; pagers: readonly Pager[]; log: Log } & Pick<PagerPorts, 'clock'>) {
  let busy: Promise<void> | null = null
  let again = false

  function wake(): void {
    again = true
    busy ??= drain().finally(() => {
      busy = null
      if (again) wake()
    })
  }

  async function drain(): Promise<void> {
    again = false
    try {
      for (const entry of await journal.due(batch)) await deliver(entry)
    } catch (error) {
      log.error({ err: causeChain(error) }, 'pages could not be taken from the outbox; tried again in a second')
    }
  }

  async function deliver(entry: OutboxEntry): Promise<void> {
    const page = pageOf(entry)
    const results = await Promise.allSettled(pagers.map((pager) => pager.deliver(page)))
    const problems = results.flatMap((result, index) =>
      result.status === 'rejected' ? [`${pagers[index]?.kind}: ${causeChain(result.reason)}`] : [],
    )
    for (const problem of problems) log.error({ incidentId: entry.incident, problem }, 'a pager failed')
    if (problems.length < results.length) return journal.settle(entry.id, { sent: true })
    const delayMs = Math.min(longestRetryMs, firstRetryMs * 2 ** entry.attempts)
    return journal.settle(entry.id, {
      sent: false,
      problem: problems.join('; ') || 'no pager is configured',
      nextAt: clock.now() + delayMs,
    })
  }

  const stopWaking = journal.onCommit(wake)
  const stopTicking = every(clock, 1_000, wake)
  wake()
  return {
    async stop(): Promise<void> {
      stopWaking()
      stopTicking()
      again = false
      await busy
    },
  }
}
