import type { Catalog } from '../../core/catalog/catalog.ts'
import type { SlackConfig } from '../../core/catalog/schema-andon.ts'
import { type Clock, every } from '../../core/clock.ts'
import { causeChain } from '../../core/errors.ts'
import type { Journal, OutboxEntry } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { AndonDesk } from '../andon/ports.ts'
import type { SlackDuty } from './duty.ts'
import type { SlackMessage } from './message.ts'
import type { SlackMethod } from './methods.ts'
import { type AnySlackOp, NotYet, SlackTrouble, wordOf } from './ops/define.ts'
import { type Attempt, openNaps, openOutgoing } from './outgoing.ts'
import { openPace } from './pace.ts'
import { type Remedy, remedyOf, retryMs } from './remedy.ts'
import { openTools } from './tools.ts'
import type { Web } from './web.ts'

export interface SlackDeliveryPorts {
  journal: Journal
  desk: Pick<AndonDesk, 'get' | 'command'>
  catalog: Catalog
  settings: SlackConfig
  clock: Clock
  log: Log
  web: Web
  ops: readonly AnySlackOp[]
  /** Duty, reviews and findings; absent: none is configured. */
  duties?: SlackDuty | undefined
  /** Person ids of whoever is on call behind `person:ID`, `schedule:ID`, `team:ID`. */
  onCall(refs: readonly string[]): readonly string[] | Promise<readonly string[]>
}

export interface SlackDelivery {
  /** Something was put into the outbox: look at once. */
  wake(): void
  /** For a drill: rooms of drills are not served until it is back; what is real goes on. */
  pretendAway(away: boolean): void
  /** Lanes at work, waiting ones included. */
  readonly lanes: number
  stop(): Promise<void>
}

const lookEveryMs = 1_000
const callsAtOnce = 20
const lanesMost = 1_000
const waitForOtherMs = 60_000
const outageMs = 3_000
/** What messages of other lanes wait for. */
const others: ReadonlySet<string> = new Set(['room', 'announce', 'card', 'review', 'review-item'])
const selfKey = 'slack:self'

/**
 * Carries out what the outbox holds for Slack: lanes side by side, each strictly in its order. Nothing is lost when Slack is away,
 * when we are killed, or when an answer is lost on its way; nothing is said twice.
 */
export function deliverSlack(ports: SlackDeliveryPorts): SlackDelivery {
  const { journal, clock, log, web } = ports
  const ending = new AbortController()
  const naps = openNaps(clock, ending.signal)
  const pace = openPace(clock)
  const ops = new Map(ports.ops.map((op) => [op.name as string, op]))
  const running = new Map<string, Promise<void>>()
  let self: { team: string; user: string; url: string } | null = null
  let pretending = false
  /** Since when nobody reached Slack; null: it answers. Monotonic ms. */
  let awaySince: number | null = null
  let version = 0
  let looking: Promise<void> | null = null
  let askingSelf: Promise<void> | null = null
  let knocking: Promise<void> | null = null

  const out = openOutgoing({
    ...{ journal, web, pace, clock, signal: ending.signal, concurrency: callsAtOnce },
    us: () => self,
    reached,
  })
  const toolsOf = openTools(ports, out, () => self)

  function reached(): void {
    askingSelf ??= askSelf()
    if (awaySince === null) return
    const lasted = clock.monotonic() - awaySince
    awaySince = null
    // One call that failed among many that did not is no outage: it waits its time.
    if (lasted < outageMs) return
    log.info({ lasted }, 'Slack answers again; what waited follows')
    naps.wake('away')
  }

  /** All that waits for Slack waits longer and longer; one cheap call tells within a second that it is back. */
  function knock(): void {
    if (awaySince === null || ending.signal.aborted) return
    knocking ??= web
      .call('auth.test', {})
      .then((answer) => {
        if (answer.ok || answer.trouble.kind === 'refused') reached()
      })
      .catch(() => undefined)
      .finally(() => {
        knocking = null
      })
  }

  /** Who we are there; needed for links, and to know our own. Kept, so that a start without Slack knows it too. */
  async function askSelf(): Promise<void> {
    const answer = await web.call('auth.test', {})
    if (!answer.ok) {
      askingSelf = null
      return
    }
    const { team_id: team, user_id: user, url } = answer.result
    self = { team, user, url }
    await journal.refer({ [selfKey]: JSON.stringify(self) }).catch(() => undefined)
  }

  function wake(): void {
    version += 1
    if (looking || ending.signal.aborted) return
    const seen = version
    looking = look().finally(() => {
      looking = null
      if (version !== seen) wake()
    })
  }

  async function look(): Promise<void> {
    try {
      for (const { lane } of await journal.lanes('slack', lanesMost)) {
        if (ending.signal.aborted) return
        if (running.has(lane) || running.size >= lanesMost) continue
        running.set(
          lane,
          serve(lane).finally(() => running.delete(lane)),
        )
      }
    } catch (error) {
      log.error({ err: causeChain(error) }, 'the outbox of Slack could not be read; tried again in a second')
    }
  }

  async function serve(lane: string): Promise<void> {
    let attempt: Attempt | null = null
    let tries = 0
    for (;;) {
      const before = version
      try {
        const [entry] = await journal.lane('slack', lane, 1)
        if (ending.signal.aborted) return
        if (!entry) {
          // Something may have come between the look and the end.
          if (version === before) return
          continue
        }
        if (attempt?.entry.id !== entry.id) {
          attempt = { entry: { ...entry, lane }, doubt: entry.attempts > 0, begun: entry.attempts > 0, repaired: new Set() }
          tries = 0
        }
        const wait = await deliver(entry, attempt, tries)
        tries += 1
        if (wait) await naps.nap(wait.ms, wait.word)
      } catch (error) {
        log.error({ lane, err: causeChain(error) }, 'a lane of Slack could not go on; it tries again')
        await naps.nap(lookEveryMs, 'store')
      }
      if (ending.signal.aborted) return
    }
  }

  /** One try of one message. Answers how long to wait before the next step of the lane; null: no wait. */
  async function deliver(entry: OutboxEntry, attempt: Attempt, tries: number): Promise<{ ms: number; word: string } | null> {
    const message = entry.payload as unknown as SlackMessage
    const op = ops.get(message.op)
    if (!op) {
      await journal.settle(entry.id, { sent: false, problem: `no such order: ${message.op}`, givenUp: true })
      return null
    }
    if (pretending && message.andon && (await ports.desk.get(message.andon))?.drill) return { ms: waitForOtherMs, word: 'pretending' }
    try {
      await op.run(message, toolsOf(attempt))
    } catch (error) {
      if (ending.signal.aborted) return null
      return failed(error, entry, op, attempt, tries)
    }
    await journal.settle(entry.id, { sent: true })
    if (others.has(message.op)) naps.wake('other')
    return null
  }

  async function failed(error: unknown, entry: OutboxEntry, op: AnySlackOp, attempt: Attempt, tries: number) {
    if (error instanceof NotYet) return { ms: waitForOtherMs, word: 'other' }
    if (!(error instanceof SlackTrouble)) {
      log.error({ dedupe: entry.dedupe, err: causeChain(error) }, 'an order for Slack failed; it is tried again')
      return { ms: retryMs(tries), word: 'error' }
    }
    const remedy = remedyOf(error, op, attempt.repaired)
    if (remedy.do === 'repair') {
      const trouble = await repair(remedy.methods, error.channel as string, attempt)
      if (trouble === null) attempt.repaired.add(remedy.word)
      return trouble === null ? null : wait(trouble, entry, attempt, tries, remedyOf(trouble, op, attempt.repaired))
    }
    if (remedy.do === 'giveUp') {
      log.warn({ dedupe: entry.dedupe, problem: error.message }, 'Slack refused something for good')
      await journal.settle(entry.id, { sent: false, problem: error.message, givenUp: true })
      if (others.has(op.name)) naps.wake('other')
      return null
    }
    return wait(error, entry, attempt, tries, remedy)
  }

  async function wait({ message, trouble }: SlackTrouble, entry: OutboxEntry, attempt: Attempt, tries: number, remedy: Remedy) {
    const isAway = remedy.do === 'wait' && remedy.away
    const ms = Math.max(retryMs(tries), remedy.do === 'wait' ? remedy.atLeastMs : 0)
    // The first failure is written down; how it goes on is told by the log.
    if (tries === 0) await journal.settle(entry.id, { sent: false, problem: wordOf(trouble), nextAt: clock.now() + ms })
    attempt.begun = true
    if (isAway && awaySince === null) {
      awaySince = clock.monotonic()
      log.warn({ problem: message }, 'Slack cannot be reached; everything goes on without it, and follows')
    }
    return { ms, word: isAway ? 'away' : 'retry' }
  }

  /** What kept it from being mended, if that passes; a refusal does not: the message itself will tell. */
  async function repair(methods: readonly SlackMethod[], channel: string, attempt: Attempt): Promise<SlackTrouble | null> {
    for (const method of methods) {
      try {
        await out.call(attempt, method, { channel })
      } catch (error) {
        if (error instanceof SlackTrouble && error.trouble.kind !== 'refused') return error
        if (!(error instanceof SlackTrouble)) throw error
      }
    }
    return null
  }

  const stopListening = journal.onCommit(wake)
  const stopTicking = every(clock, lookEveryMs, () => {
    wake()
    knock()
  })
  askingSelf = (async () => {
    const kept = await journal.reference(selfKey)
    if (kept) self ??= JSON.parse(kept)
    await askSelf()
  })().catch(() => {
    askingSelf = null
  })
  wake()

  return {
    wake,
    pretendAway(yes) {
      pretending = yes
      if (!yes) naps.wake('pretending')
    },
    get lanes() {
      return running.size
    },
    async stop() {
      stopListening()
      stopTicking()
      ending.abort()
      await looking
      await Promise.all([...running.values(), askingSelf, knocking])
    },
  }
}
