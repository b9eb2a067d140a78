import { type Clock, sleep } from '../../core/clock.ts'
import { causeChain } from '../../core/errors.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import { outboxMessage } from './message.ts'

export interface GroupWish {
  /** Slack id of the user group. */
  group: string
  /** Slack ids of who should be in it. Nobody: it stays as it is. */
  members: readonly string[]
  /** What a person should hear of. */
  problems: readonly string[]
}

interface GroupPorts {
  journal: Journal
  clock: Clock
  log: Log
  /** Who should be in which group now. */
  wanted(now: number): readonly GroupWish[]
  /** When somebody hands over next, epoch ms; null: never. */
  nextChange(now: number): number | null
  /** Overrides were made or taken away. The answer stops it. */
  onChange?(fn: () => void): () => void
  /** There is something new in the outbox. */
  posted(): void
}

/** Somebody may have changed a group by hand in Slack. */
const lookAgainMs = 3_600_000
const soonestMs = 1_000

/** Keeps Slack's user groups in step with who is on call, at each hand-over; the order itself looks whether anything differs. */
export function followGroups({ journal, clock, log, wanted, nextChange, onChange, posted }: GroupPorts) {
  const ending = new AbortController()
  const ordered = new Map<string, { members: string; at: number }>()
  let changed = new AbortController()
  let orders = 0

  async function look(): Promise<void> {
    const now = clock.now()
    for (const { group, members, problems } of wanted(now)) {
      const word = members.toSorted().join()
      const last = ordered.get(group)
      if (last?.members === word && now - last.at < lookAgainMs) continue
      for (const problem of problems) log.warn({ group, problem }, 'a user group of Slack may not show who is on call')
      if (members.length === 0) {
        ordered.set(group, { members: word, at: now })
        continue
      }
      await journal.post(
        outboxMessage({
          lane: `group/${group}`,
          // One word each: the same one would be taken for the same order.
          dedupe: `group/${group}/${now}/${orders++}`,
          replaces: 'group',
          message: { op: 'group', andon: '', group, users: [...members] },
        }),
      )
      ordered.set(group, { members: word, at: now })
      posted()
    }
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      // Before the look: what changes during it is looked at once more.
      changed = new AbortController()
      await look().catch((error: unknown) =>
        log.error({ err: causeChain(error) }, 'user groups of Slack could not be looked at; tried again'),
      )
      const now = clock.now()
      const wait = Math.max(soonestMs, Math.min(lookAgainMs, (nextChange(now) ?? Number.POSITIVE_INFINITY) - now))
      await sleep(clock, wait, AbortSignal.any([ending.signal, changed.signal]))
    }
  }

  const stopListening = onChange?.(() => changed.abort())
  const done = run()
  return {
    async stop(): Promise<void> {
      stopListening?.()
      ending.abort()
      await done
    },
  }
}
