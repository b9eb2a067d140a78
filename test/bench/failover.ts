import { signal } from '../../examples/platform/processes.ts'
import { type Fleet, onDatabase, openFleet } from '../fleet/fleet.ts'
import { haproxyProgram, postgresBin } from '../fleet/host.ts'
import { portOf } from '../fleet/layout.ts'
import { type Ack, firstAfter, lostOn, startWriter } from '../fleet/writer.ts'
import { patroni, patroniMissing } from './peers/patroni.ts'
import { type Bench, median } from './report.ts'

/**
 * A PostgreSQL that loses its active member in five ways, under a client that commits without pause through HAProxy. Timed from the
 * blow to the first commit on a connection asked for after it; lost are commits that a client was told of and that the database
 * does not have afterwards. Patroni is measured in the same run by the scripts of the baselines, which do the same blows.
 */
export const failover: Bench = {
  name: 'failover',
  summary: 'a PostgreSQL whose active member is lost, frozen or moved: until writes go on, beside Patroni',
  async run({ runs = 5, progress }) {
    const figures: Record<string, number> = {}
    const peers: Record<string, number> = {}
    const absent: string[] = []
    if (!postgresBin() || !haproxyProgram()) throw new Error('this bench needs postgresql (with pg_rewind) and haproxy; Debian has both')
    for (const { name, lease, synchronous, blows } of series) {
      progress(`${name}: a fleet with a lease of ${lease.ttlMs} ms, synchronous replication ${synchronous}`)
      const fleet = await openFleet({ lease, synchronous })
      try {
        const active = await fleet.settled()
        await onDatabase(fleet.direct(active), 'create table if not exists bench (id bigint primary key)')
        for (const blow of blows) Object.assign(figures, await rounds(fleet, blow, `${blow} ${name}`, runs, progress))
      } finally {
        await fleet.close()
      }
    }
    const missing = patroniMissing()
    if (missing) absent.push(missing)
    else for (const peer of peerRuns) Object.assign(peers, await patroni(peer, runs, progress))
    return { figures, peers, ratios: ratiosOf(figures, peers), absent, targets }
  },
}

type Blow = 'node' | 'postmaster' | 'switchover' | 'freeze-agent' | 'freeze-node'

const tight = { ttlMs: 2_000, renewMs: 250, marginMs: 250 }
const byDefault = { ttlMs: 5_000, renewMs: 1_000, marginMs: 300 }
const series = [
  { name: 'ttl 2 s', lease: tight, synchronous: 'off', blows: ['node', 'postmaster', 'switchover', 'freeze-agent'] },
  { name: 'ttl 5 s', lease: byDefault, synchronous: 'off', blows: ['node'] },
  { name: 'synchronous', lease: tight, synchronous: 'on', blows: ['node', 'postmaster', 'switchover', 'freeze-node'] },
] as const

const peerRuns = [
  { what: 'node', params: '7,1,3', sync: false },
  { what: 'postmaster', params: '7,1,3', sync: false },
  { what: 'switchover', params: '7,1,3', sync: false },
  { what: 'freeze-agent', params: '7,1,3', sync: false },
  { what: 'freeze-node', params: '7,1,3', sync: true },
] as const

const targets = {
  'node ttl 2 s, s': 2.5,
  'node ttl 5 s, s': 5.5,
  'postmaster ttl 2 s, s': 0.5,
  'switchover ttl 2 s, s': 0.3,
  'switchover ttl 2 s, lost': 0,
  'freeze-agent ttl 2 s, lost': 0,
  'freeze-agent ttl 2 s, taken by the old one': 0,
  'node synchronous, lost': 0,
  'postmaster synchronous, lost': 0,
  'switchover synchronous, lost': 0,
  'freeze-node synchronous, lost': 0,
}

function ratiosOf(figures: Record<string, number>, peers: Record<string, number>): Record<string, number> {
  const ratio = (ours: string, theirs: string) => (figures[ours] as number) / (peers[theirs] as number)
  return Object.fromEntries(
    (['node', 'postmaster', 'switchover'] as const)
      .map((what) => [`${what} / Patroni`, ratio(`${what} ttl 2 s, s`, `patroni 7,1,3 ${what}, s`)] as const)
      .filter(([, value]) => Number.isFinite(value)),
  )
}

interface Round {
  seconds: number
  lost: number
  /** Commits that the old active took once the new one was active. */
  byOld: number
}

async function rounds(
  fleet: Fleet,
  blow: Blow,
  name: string,
  runs: number,
  progress: (text: string) => void,
): Promise<Record<string, number>> {
  const all: Round[] = []
  for (let run = 0; run < runs; run++) {
    const round = await strike(fleet, blow)
    all.push(round)
    progress(
      `${name}: ${round.seconds.toFixed(2)} s, ${round.lost} lost${blow.startsWith('freeze') ? `, ${round.byOld} taken by the old one` : ''}`,
    )
  }
  const sum = (of: (round: Round) => number) => all.reduce((total, round) => total + of(round), 0)
  return {
    [`${name}, s`]: median(all.map(({ seconds }) => seconds)),
    [`${name}, slowest, s`]: Math.max(...all.map(({ seconds }) => seconds)),
    [`${name}, lost`]: sum(({ lost }) => lost),
    ...(blow.startsWith('freeze') ? { [`${name}, taken by the old one`]: sum(({ byOld }) => byOld) } : {}),
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const limitMs = 60_000

async function strike(fleet: Fleet, blow: Blow): Promise<Round> {
  const active = await fleet.settled()
  const writer = startWriter(fleet.front)
  // Beside HAProxy, at the member itself: a client that nobody cuts off.
  const direct = blow.startsWith('freeze') ? startWriter(fleet.direct(active), 5) : null
  while (writer.acks.length < 50) await sleep(10)
  await sleep(500 + Math.random() * 1_000)
  const port = portOf(fleet.plan, 'database', active)
  const from = performance.now()
  await deal(fleet, blow, active)
  const moved = blow === 'freeze-agent' || blow === 'freeze-node' || blow === 'switchover'
  const first = await firstAfter(writer, from, limitMs, moved ? port : undefined)
  if (!first) throw new Error(`${blow}: no write within ${limitMs / 1_000} s`)
  const seconds = (blow === 'switchover' ? first.at - lastOn(writer.acks, port) : first.at - from) / 1_000
  if (direct) {
    await sleep(2_000)
    for (const seen of fleet.node(active)) signal(seen, 'SIGCONT')
    await sleep(4_000)
  }
  await sleep(300)
  await writer.end()
  await direct?.end()
  fleet.agents[active]?.start()
  const now = await fleet.settled()
  const acks = [...writer.acks, ...(direct?.acks ?? [])]
  const byOld = acks.filter(({ port: by, at }) => by === port && at > first.at).length
  return { seconds, lost: (await lostOn(fleet.direct(now), acks)).length, byOld: direct ? byOld : 0 }
}

const lastOn = (acks: readonly Ack[], port: number) => Math.max(...acks.filter((ack) => ack.port === port).map(({ at }) => at))

async function deal(fleet: Fleet, blow: Blow, active: number): Promise<void> {
  switch (blow) {
    case 'node':
      for (const seen of fleet.node(active)) signal(seen, 'SIGKILL')
      return
    case 'postmaster':
      for (const seen of fleet.database(active).slice(0, 1)) signal(seen, 'SIGKILL')
      return
    case 'freeze-agent':
      for (const seen of fleet.agents[active]?.all().slice(0, 1) ?? []) signal(seen, 'SIGSTOP')
      return
    case 'freeze-node':
      for (const seen of fleet.node(active)) signal(seen, 'SIGSTOP')
      return
    case 'switchover':
      await fleet.post(`/v1/components/db/actions/failover`, { reason: 'bench' })
  }
}
