import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { house } from '../../bots/andon/ports.ts'
import { systemClock } from '../../core/clock.ts'
import { openWorkspace, type Workspace } from '../slack/workspace.ts'
import { type Bot, openBot } from '../slack-bot.ts'
import { fastClock, openHouse, type SlackPlace } from '../slack-house.ts'
import { type Bench, percentile } from './report.ts'

const latencyMs = 100
const rounds = 6
const atOnce = 50

export const andon: Bench = {
  name: 'andon',
  summary:
    'Slack with 100 ms added to each call: ack under 50 pulls at once, pull -> room usable, 200 invited, 10,000 messages under faults',
  async run({ runs = 18, progress }) {
    const acks = await acknowledged(progress)
    const usable = await roomsUsable(Math.min(runs, 18), progress)
    const crowd = await crowdInvited(progress)
    const storm = await outboxUnderFaults(progress)
    return {
      figures: { ...acks, ...usable, ...crowd, ...storm },
      ratios: {},
      peers: {},
      absent: ['no peer can be run here: each needs a workspace of its own'],
      targets: {
        ackP99Ms: 300,
        usableP95Ms: 1_500,
        callsBeforeUsable: 6,
        refusedBatches: 0,
        lost: 0,
        duplicated: 0,
        outOfOrder: 0,
        memoryGrowthMB: 10,
      },
    }
  },
}

type Progress = (text: string) => void

/** 50 people send `/andon` at the same moment, signed, over HTTP, into our server. Slack, people and we are a process each. */
async function acknowledged(progress: Progress) {
  const slack = await otherProcess(atOnce * (rounds + 1))
  const people = begin('andon-people.ts')
  // The rest of a workspace (people who click) is not asked for: nobody waits here for Slack to have reached us.
  const bot = await openBot(slack.place as unknown as Workspace, {
    mode: 'http',
    configured: [{ name: 'p0' }],
    delivery: true,
    wait: false,
  })
  const who = Object.entries(slack.ids).map(([name, id]) => ({ name, id }))
  const took: number[] = []
  let cold: number[] = []
  let failed = 0
  try {
    await slack.ask({ do: 'slow', latencyMs })
    // The first round finds code that never ran; it is told apart. In each round pull people whose names nobody has asked for yet.
    for (let round = 0; round <= rounds; round++) {
      const those = who.slice(round * atOnce, (round + 1) * atOnce)
      const asked = { url: bot.url, secret: slack.place.signingSecret, people: those, channel: slack.ops, round }
      const answers = await exchange<{ status: number; ms: number }[]>(people, asked)
      if (round === 0) cold = answers.map(({ ms }) => ms)
      else took.push(...answers.map(({ ms }) => ms))
      failed += answers.filter(({ status, ms }) => status !== 200 || ms > 3_000).length
      progress(`round ${round} of ${rounds}: slowest acknowledgement ${Math.max(...answers.map(({ ms }) => ms)).toFixed(0)} ms`)
      await settled(bot)
    }
  } finally {
    people.disconnect()
    await bot.close()
    slack.end()
  }
  return {
    ackP50Ms: percentile(took, 0.5),
    ackP99Ms: percentile(took, 0.99),
    ackColdP50Ms: percentile(cold, 0.5),
    ackColdWorstMs: Math.max(...cold),
    ackFailed: failed,
  }
}

/** The next 50 pull in a house that is quiet: their andons have ended, and Slack was told everything. */
async function settled({ desk, journal }: Bot): Promise<void> {
  const open = await desk.list({ open: true }, { limit: 200 })
  for (const { id } of open) await desk.command(id, 'resolve', { how: 'the round is over' }, house)
  for (let quiet = 0; quiet < 5; ) {
    await pause(100)
    quiet = (await journal.lanes('slack', 1)).length === 0 ? quiet + 1 : 0
  }
}

/** Nobody so often that a pull would be taken for part of the last one. */
const pullers = ['aki', 'ben', 'chika']

/** One pull after the other, until the room stands with whoever pulled, the leader, and its card. */
async function roomsUsable(runs: number, progress: Progress) {
  const workspace = await openWorkspace({ mode: 'http', channels: [{ name: 'ops' }] })
  const ours = await openHouse(workspace, ['aki', 'ben', 'chika'], { leaders: ['ben'], clock: systemClock, timeoutMs: 5_000 })
  const took: number[] = []
  const calls: number[] = []
  try {
    ours.start()
    await workspace.until(() => workspace.count('auth.test'))
    workspace.latencyMs = latencyMs
    for (let run = 1; run <= runs; run++) {
      const before = workspace.calls.length
      const from = performance.now()
      const { id } = await ours.pull(`matter ${run}`, pullers[run % 3] as string)
      const card = await workspace.until(() => ours.journal.reference(`slack:card/${id}`), 20_000)
      took.push(performance.now() - from)
      const posted = workspace.calls.findIndex(
        ({ method, args }, at) => at >= before && method === 'chat.postMessage' && args.channel === card.split('/')[0],
      )
      calls.push(posted - before + 1)
      await ours.idle()
      progress(`pull ${run} of ${runs}: usable after ${took.at(-1)?.toFixed(0)} ms and ${calls.at(-1)} calls`)
    }
  } finally {
    await ours.close()
    await workspace.close()
  }
  return { usableP50Ms: percentile(took, 0.5), usableP95Ms: percentile(took, 0.95), callsBeforeUsable: Math.max(...calls) }
}

async function crowdInvited(progress: Progress) {
  const people = Array.from({ length: 200 }, (_, n) => `p${n}`)
  const workspace = await openWorkspace({ mode: 'http', people, channels: [{ name: 'ops', members: ['p0'] }] })
  const ours = await openHouse(workspace, people, {
    leaders: ['p1'],
    clock: systemClock,
    timeoutMs: 5_000,
    andon: { swarm: ['team:core'] },
  })
  try {
    ours.start()
    await workspace.until(() => workspace.count('auth.test'))
    workspace.latencyMs = latencyMs
    const { id } = await ours.pull('polaris is gone', 'p0')
    await ours.idle()
    const from = performance.now()
    await ours.desk.command(id, 'escalate', { reason: 'customers call' }, ours.actorOf('p1'))
    const room = (await ours.journal.reference(`slack:room/${id}`)) as string
    const members = async () => (await workspace.channel(room))?.members.length ?? 0
    await workspace.until(async () => (await members()) === 201, 30_000)
    const tookMs = performance.now() - from
    progress(`200 people invited within ${tookMs.toFixed(0)} ms`)
    const invites = workspace.calls.filter(({ method }) => method === 'conversations.invite')
    return { invited: (await members()) - 1, inviteMs: tookMs, refusedBatches: invites.filter(({ answered }) => answered !== 'ok').length }
  } finally {
    await ours.close()
    await workspace.close()
  }
}

const rooms = 20
const messages = 10_000

/** What is said in 20 rooms, while one call in twelve goes wrong in some way. Pacing runs on a clock 200 times as fast. */
async function outboxUnderFaults(progress: Progress) {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-'))
  const slack = await otherProcess(4)
  const names = Object.keys(slack.ids)
  const ours = await openHouse(slack.place, names, {
    url: `sqlite:${join(folder, 'journal.db')}`,
    clock: fastClock(200),
    timeoutMs: 5_000,
  })
  try {
    ours.start()
    const andons: string[] = []
    for (let n = 0; n < rooms; n++) andons.push((await ours.pull(`matter ${n}`, names[n % names.length] as string)).id)
    await ours.idle(120_000)
    await slack.ask({ do: 'faults' })
    const before = memoryMB()
    const from = performance.now()
    for (let n = 0; n < messages; n++)
      await ours.desk.command(
        andons[n % rooms] as string,
        'note',
        { text: `said ${Math.floor(n / rooms)}.` },
        ours.actorOf(names[0] as string),
      )
    progress(`${messages} written after ${((performance.now() - from) / 1_000).toFixed(1)} s`)
    await ours.idle(900_000)
    const seconds = (performance.now() - from) / 1_000
    const after = memoryMB()
    const channels = await Promise.all(andons.map(async (id) => (await ours.journal.reference(`slack:room/${id}`)) as string))
    const read = await slack.ask<{ rooms: string[][]; answered: Record<string, number> }>({ do: 'read', channels })
    const { ok = 0, ...faults } = read.answered
    progress(`delivered after ${seconds.toFixed(0)} s; calls: ${ok} ok, ${JSON.stringify(faults)}`)
    return {
      ...held(read.rooms),
      deliveredSeconds: seconds,
      faults: Object.values(faults).reduce((sum, n) => sum + n, 0),
      memoryGrowthMB: after - before,
    }
  } finally {
    await ours.close()
    slack.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Each room was told `said 0.`, `said 1.`, … */
function held(told: readonly string[][]) {
  const each = messages / rooms
  let [lost, duplicated, outOfOrder] = [0, 0, 0]
  for (const texts of told) {
    const said = texts.flatMap((text) => /said (\d+)\./.exec(text)?.[1] ?? []).map(Number)
    const once = new Set(said)
    lost += each - once.size
    duplicated += said.length - once.size
    outOfOrder += said.filter((n, at) => at > 0 && n < (said[at - 1] as number)).length
  }
  return { messages, lost, duplicated, outOfOrder }
}

interface Told {
  apiUrl: string
  botToken: string
  appToken: string
  signingSecret: string
  ids: Record<string, string>
  ops: string
}

const begin = (file: string, ...args: string[]) =>
  fork(fileURLToPath(new URL(file, import.meta.url)), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })

async function exchange<Answer>(child: ChildProcess, what: object): Promise<Answer> {
  child.send(what)
  return said<Answer>(child)
}

/** What it says next; when it dies instead, so does the benchmark. */
async function said<Answer>(child: ChildProcess): Promise<Answer> {
  const heard = new AbortController()
  const { signal } = heard
  const dead = once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`a process of the benchmark ended with ${code}`)))
  dead.catch(() => undefined)
  try {
    return (await Promise.race([once(child, 'message', { signal }).then(([answer]) => answer), dead])) as Answer
  } finally {
    heard.abort()
  }
}

/** A workspace that is not in this process. */
async function otherProcess(people: number) {
  const child = begin('andon-slack.ts', String(people))
  const told = await said<Told>(child)
  const { ids, ops, ...keys } = told
  const place: SlackPlace & typeof keys = {
    ...keys,
    clientOptions: { fetch },
    idOf: (name) => ids[name] as string,
    channel: async () => ({ id: ops }),
    async until(look, withinMs = 5_000) {
      for (const end = performance.now() + withinMs; performance.now() < end; ) {
        const found = await look()
        if (found) return found as NonNullable<typeof found>
        await pause(50)
      }
      throw new Error(`not within ${withinMs} ms: ${look}`)
    },
  }
  return {
    ...{ place, ids, ops },
    ask: <Answer>(what: object) => exchange<Answer>(child, what),
    end: () => child.send({ do: 'end' }),
  }
}

/** What is in use, after a collection. */
function memoryMB(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}
