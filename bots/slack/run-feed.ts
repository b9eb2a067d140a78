import type { Clock } from '../../core/clock.ts'
import { follow } from '../../core/journal/follow.ts'
import type { Journal, JournalEvent, OutboxMessage } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { Run } from '../../core/runs/run.ts'
import { laneOfApproval, outboxMessage } from './message.ts'

const kinds = new Set(['run.queued', 'run.started', 'run.approved', 'run.finished'])

/** Of runs that wait, or waited, for a person: the newest state, whatever it is when its turn comes. Pure. */
export const approvalMessages = ({ seq, kind }: Pick<JournalEvent, 'seq' | 'kind'>, run: Run, why: string): OutboxMessage[] =>
  kinds.has(kind) && run.mode === 'approval'
    ? [
        outboxMessage({
          lane: laneOfApproval(run.id),
          dedupe: `approval/${seq}`,
          replaces: 'approval',
          message: { op: 'approval', andon: '', run: run.id, reason: why },
        }),
      ]
    : []

interface FeedPorts {
  journal: Journal
  clock: Clock
  log: Log
  posted(): void
}

/** Reads the journal, and puts approvals into the outbox: messages and place in one transaction. */
export function feedRuns({ journal, clock, log, posted }: FeedPorts) {
  return follow({
    ...{ journal, clock, log, subscriber: 'slack-runs', from: 'now' },
    async handle(event) {
      if (!kinds.has(event.kind) || event.run === null) return
      const run = await journal.run(event.run)
      if (run?.mode !== 'approval') return
      // Once it has ended its reason is how it ended: why it was wanted is kept beside the message.
      if (event.kind === 'run.queued') await journal.refer({ [whyKey(run.id)]: String(event.data.reason) })
      const why = (await journal.reference(whyKey(run.id))) ?? run.reason
      const messages = approvalMessages(event, run, why)
      await journal.relay('slack-runs', event.seq, messages)
      posted()
    },
  })
}

const whyKey = (run: string) => `slack:approval-why/${run}`
