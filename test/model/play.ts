import { expect } from 'vitest'
import type {
  Decision,
  Journal,
  OutboxMessage,
  RunEnd,
  Settlement,
  Situation,
  StepIntent,
  StepOutcome,
} from '../../core/journal/journal.ts'
import type { Held, Json, PlannedStep, Run, RunOrder } from '../../core/runs/run.ts'
import { orderOf } from '../journals.ts'
import type { Command, EndChoice, MessageChoice, OutcomeChoice } from './commands.ts'

export interface Played {
  journal: Journal
  pass(ms: number): Promise<void>
}

/** What the commands name by their places. The same on both sides, since ids are. */
interface Known {
  incidents: string[]
  runs: Run[]
  held: Held[]
}

/** Plays the commands on both, and compares each answer, and at the end all that can be read. */
export async function play(commands: readonly Command[], model: Played, real: Played): Promise<void> {
  const known: Known = { incidents: [], runs: [], held: [] }
  for (const [at, command] of commands.entries()) {
    const [wanted, got] = [await answerOf(command, known, model), await answerOf(command, known, real)]
    expect(got, `command ${at}: ${JSON.stringify(command)}`).toEqual(wanted)
    await learn(known, model.journal, wanted)
  }
  expect(await everything(known, real.journal)).toEqual(await everything(known, model.journal))
}

/** What it answers, what it threw, and what a decision saw. */
async function answerOf(command: Command, known: Known, { journal, pass }: Played): Promise<unknown> {
  const seen: unknown[] = []
  try {
    return { answer: await ask(command, known, journal, pass, (situation) => seen.push(comparable(situation))), seen }
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return { threw: code ?? message, seen }
  }
}

const bug = 'a bug of the planner'
const minute = 60_000

function ask(command: Command, known: Known, journal: Journal, pass: Played['pass'], see: (situation: object) => void): Promise<unknown> {
  switch (command.do) {
    case 'ingest':
      return journal.ingest(command.alerts)
    case 'decide':
      return journal.decide(last(known.incidents, command.pick) ?? 'inc_none', (situation) => {
        see(situation)
        return decisionOf(command, situation)
      })
    case 'order':
      return journal.order(command.order.component as string, (situation) => {
        see(situation)
        return command.refuse ? { refuse: 'no' } : fullOrder(null, command.order)
      })
    case 'answer':
      return journal.answer(last(known.runs, command.pick)?.id ?? 'run_none', (run, situation) => {
        see({ run, ...situation })
        const { word, takesGeneration } = command
        if (word === 'keep') return { do: 'keep' }
        return word === 'approve' ? { do: 'approve', by: 'aki', takesGeneration } : { do: 'end', answer: word, reason: 'no', by: 'aki' }
      })
    case 'pass':
      return pass(command.minutes * minute)
    case 'resolve':
      return journal.resolve(last(known.incidents, command.pick) ?? 'inc_none', 'aki', 'by hand')
    case 'claim':
    case 'intend':
    case 'outcome':
    case 'finish':
    case 'renew':
      return askHolder(command, known, journal)
    default:
      return askOther(command, known, journal)
  }
}

type OfHolder = Extract<Command, { do: 'claim' | 'intend' | 'outcome' | 'finish' | 'renew' }>

function askHolder(command: OfHolder, known: Known, journal: Journal): Promise<unknown> {
  if (command.do === 'claim')
    return journal.claim(last(known.runs, command.pick)?.id ?? 'run_none', command.holder, command.minutes * minute)
  const given = last(known.held, command.held) ?? { resource: 'component:polaris', holder: 'one', fence: 1 }
  const held = { ...given, fence: given.fence + command.stale }
  if (command.do === 'renew') return journal.renew(held, command.minutes * minute)
  // Mostly the run of that lease.
  const own = known.runs.filter((run) => `component:${run.component}` === held.resource)
  const run = last(own.length > 0 ? own : known.runs, command.run)
  const id = run?.id ?? 'run_none'
  const plan = run?.plan ?? []
  if (command.do === 'intend') {
    const { seq, attempt, previous } = command
    const planned = plan[seq] ?? (plan[0] as PlannedStep) ?? orderOf(null).plan[0]
    const intent: StepIntent = { run: id, seq, attempt, planned, key: `${id}/${seq}/${attempt}`, deadlineAt: 5 }
    return journal.intend(held, intent, previous ? outcomeOf(id, previous) : undefined)
  }
  if (command.do === 'outcome') return journal.outcome(held, outcomeOf(id, command.outcome))
  return journal.finish(held, id, endOf(id, command.end), command.last ? outcomeOf(id, command.last) : undefined)
}

type Other = Exclude<Command, OfHolder | { do: 'ingest' | 'decide' | 'order' | 'answer' | 'pass' | 'resolve' }>

async function askOther(command: Other, _known: Known, journal: Journal): Promise<unknown> {
  switch (command.do) {
    case 'adopt':
      return journal.adoptRole({ component: command.component, active: command.active, generation: command.generation })
    case 'inSync': {
      const { component, active, older, inSync } = command
      const { generation, active: real } = await journal.role(component)
      return journal.setInSync({ component, active: older === 0 ? real : active, generation: generation - older }, inSync)
    }
    case 'switch': {
      const { scope, off, minutes } = command
      return journal.setSwitch(scope, off, 'aki', 'work', minutes === null ? null : start + minutes * 10 * minute)
    }
    case 'endPauses':
      return (await journal.endPauses()).toSorted()
    case 'note':
      return journal.note(
        command.kind,
        { ...(command.component ? { component: command.component } : {}), ...(command.andon ? { andon: command.andon } : {}) },
        { a: 1 },
      )
    case 'post':
      return journal.post(messageOf(command.message))
    case 'relay':
      return journal.relay('chat', command.seq, command.messages.map(messageOf))
    case 'settle':
      return settle(command, journal)
    case 'seen':
      return journal.firstSeen(command.key)
    case 'window':
      return putRecord(journal, 'maintenance', {
        ...{ id: 'mnt_1', rev: 0, key: null, open: true, component: command.component },
        data: {
          id: 'mnt_1',
          component: command.component,
          from: 0,
          until: start + command.minutes * 10 * minute,
          reason: 'x',
          by: 'aki',
          endedBy: null,
        },
      })
    case 'record': {
      const { id, rev, key, open, minutes } = command
      return putRecord(journal, 'thing', {
        id,
        rev,
        key,
        open,
        component: null,
        data: { id },
        nextAt: minutes === null ? null : start + minutes * minute,
      })
    }
  }
}

/** Where virtual clocks begin. */
const start = Date.UTC(2026, 0, 1)

interface RecordChoice {
  id: string
  rev: number
  key: string | null
  open: boolean
  component: string | null
  nextAt?: number | null
  data: Json
}

async function putRecord(journal: Journal, kind: string, { nextAt = null, ...given }: RecordChoice): Promise<unknown> {
  const records = journal.records<Json>(kind)
  return records.change({ ids: [given.id], open: true, ...(given.key === null ? {} : { key: given.key }) }, ({ records, byKey, open }) => ({
    put: [{ status: 'x', topic: 't', parent: null, nextAt, ...given }],
    tell: [{ kind: 'record.put', component: null, incident: null, run: null, data: { id: given.id } }],
    answer: { before: records.get(given.id) ?? null, byKey, open },
  }))
}

async function settle({ pick, how, minutes }: Extract<Command, { do: 'settle' }>, journal: Journal): Promise<void> {
  const all = [...(await journal.due(100)), ...(await journal.due(100, 'slack'))]
  const message = last(all, pick)
  const results: Record<typeof how, Settlement> = {
    sent: { sent: true, refs: { [`to/${message?.dedupe}`]: 'C1' } },
    failed: { sent: false, problem: 'away', nextAt: start + minutes * minute },
    givenUp: { sent: false, problem: 'never', givenUp: true },
  }
  if (message) await journal.settle(message.id, results[how])
}

function decisionOf({ choice, order, reason, shadow }: Extract<Command, { do: 'decide' }>, { incident }: Situation): Decision {
  if (choice === 'throw') throw new Error(bug)
  if (choice === 'wait') return { do: 'wait', failure: 'hung', reason, askAgainAt: 5 }
  if (choice === 'close') return { do: 'close', failure: 'hung', reason }
  const refused = { runbook: 'page', code: 'no', reason }
  const refusals = [shadow ? { ...refused, shadow: { plan: ['a'], members: ['m-1'] } } : refused]
  return { do: 'run', failure: 'failing', refusals, order: fullOrder(incident.id, { ...order, component: incident.component }) }
}

const fullOrder = (incident: string | null, order: Partial<RunOrder>): RunOrder => orderOf(incident, order)

const outcomeOf = (run: string, { setsActive, ...given }: OutcomeChoice): StepOutcome => ({
  run,
  ...given,
  output: { ok: given.status === 'done' },
  ...(setsActive === undefined ? {} : { setsActive }),
})

const endOf = (id: string, { post, incident, ...end }: EndChoice): RunEnd => ({
  ...end,
  reason: `it is ${end.status}`,
  ...(incident === undefined ? {} : { incident }),
  ...(post ? { post: messageOf({ channel: 'page', dedupe: `end/${id}`, lane: null, replaces: null }) } : {}),
})

const messageOf = (given: MessageChoice): OutboxMessage => ({ ...given, incident: null, payload: { component: 'polaris', n: 1 } })

const last = <Item>(items: readonly Item[], at: number): Item | undefined => items[items.length - 1 - at]

async function learn(known: Known, journal: Journal, wanted: unknown): Promise<void> {
  const { answer } = wanted as { answer?: { held?: Held } | null }
  if (answer?.held) known.held.push(answer.held)
  known.incidents = (await journal.incidents({}, { limit: 100 })).map(({ id }) => id).reverse()
  known.runs = (await journal.runs({}, { limit: 100 })).toReversed()
}

/** Lists that have no order of their own are sorted. */
function comparable(situation: object): object {
  const sorted = Object.entries(situation).map(([key, value]) => {
    const given = value instanceof Map ? [...value] : value
    const unordered = key === 'spent' || key === 'recent' || value instanceof Map
    return [key, unordered ? (given as unknown[]).map((one) => JSON.stringify(one, keysSorted(one))).toSorted() : given]
  })
  return Object.fromEntries(sorted)
}

const keysSorted = (one: unknown) => (Array.isArray(one) ? undefined : Object.keys(one as object).toSorted())

const byText = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one, keysSorted(one))).toSorted()

async function everything({ incidents, runs }: Known, journal: Journal): Promise<unknown> {
  const all = { limit: 1_000 }
  const unnumbered = ({ seq: _, ...event }: { seq: number }) => event
  const nameless = <Entry extends { id: number }>({ id: _, ...entry }: Entry) => entry
  const thing = journal.records('thing')
  const events = await journal.events(0, 1_000)
  const from = events[Math.floor(events.length / 2)]?.seq ?? 0
  return {
    incidents: await journal.incidents({}, all),
    open: await journal.incidents({ open: true }, all),
    openOfOne: await journal.incidents({ open: true, component: 'vega' }, { limit: 2 }),
    page: await journal.incidents({ component: 'polaris' }, { limit: 2, after: incidents.at(-1) ?? '~' }),
    each: await Promise.all(incidents.map(async (id) => [await journal.incident(id), await journal.alertsOf(id)])),
    runs: await journal.runs({}, all),
    live: await journal.runs({ live: true }, all),
    runsOf: await Promise.all(
      ['polaris', 'vega'].map(async (component) => [
        await journal.runs({ component }, { limit: 3, after: runs.at(-1)?.id ?? '~' }),
        await journal.runs({ component, live: true }, all),
        await journal.runs({ incident: incidents.at(-1) ?? '' }, all),
        await journal.runs({ incident: incidents.at(-1) ?? '', component }, all),
      ]),
    ),
    steps: await Promise.all(runs.map(({ id }) => journal.steps(id))),
    roles: [await journal.roles(), await journal.role('vega'), await journal.role('nobody')],
    switches: await journal.switches(),
    spent: byText(await journal.spent()),
    successes: byText(await journal.successes()),
    due: [(await journal.due(100)).map(nameless), (await journal.due(2, 'slack')).map(nameless)],
    lanes: [await journal.lanes('page', 10), await journal.lanes('slack', 1), (await journal.lane('slack', 'l1', 10)).map(nameless)],
    cursor: [await journal.cursor('chat'), await journal.cursor('nobody')],
    references: [await journal.reference('to/d1'), (await journal.referring('C1')).toSorted()],
    records: [await thing.list({}, all), await thing.list({ open: true }, all), await thing.byKey('one'), await thing.nextAt()],
    moreRecords: [(await thing.due(10)).toSorted(), await thing.count('t'), await journal.records('shadow').list({}, all)],
    events: events.map(unnumbered),
    later: (await journal.events(from, 3)).map(unnumbered),
    ofIncident: (await journal.events(0, 1_000, { incident: incidents.at(-1) ?? '' })).map(unnumbered),
    ofAndon: (await journal.events(0, 1_000, { andon: 'and_1', incident: incidents[0] ?? '' })).map(unnumbered),
  }
}
