import type { AlertInput } from '../alerts/alert.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import { alarmDesk } from './alarm.ts'
import { statusBoard } from './board.ts'
import type { ProbeDeps } from './define.ts'
import type { StatusBoard } from './probe.ts'
import { lookSchedule } from './schedule.ts'
import { beginToHear, noteExit, noteStart, type Room, type Watched, watchedOf } from './watched.ts'

export interface WatchOptions {
  catalog: Catalog
  clock: Clock
  random: Random
  /** See core/hooks/client.ts. */
  hooks: ProbeDeps['hooks']
  /** Who should be active, as the journal knows it. */
  role(component: string): { active: string | null; generation: number } | undefined
  /** What was seen, in batches; may throw when it cannot take them. */
  onAlerts(alerts: AlertInput[]): void
  log: Log
}

export interface Watch {
  status: StatusBoard
  /** A member that beats has beaten. */
  beat(member: string): void
  /** When it last did; monotonic ms. */
  lastBeat(member: string): number
  /** An agent saw the process end; `source` is `agent:<id>`, `detail` says how ("signal SIGKILL"). */
  exited(member: string, detail: string, pid: number | null, source: string): void
  /** An agent started the process. For a member without probes this is all that will be heard. */
  started(member: string): void
  start(): void
  /** From now on what is seen here counts, and what beats beats here: tells at once how everything is. So it is from the start, unless `follow` was called. */
  lead(): void
  /** Somebody else's look counts, until `lead`: this one only keeps itself informed. */
  follow(): void
  /** What fires now, as it was last told. */
  firing(): AlertInput[]
  /** No look is begun, and none that is under way counts, after this. */
  stop(): void
}

/** Looks at every member of the catalogue by each of its probes, and tells what changed. */
export function watchMembers(options: WatchOptions): Watch {
  const { catalog, clock, log } = options
  const beats = new Map<string, number>()
  const lastBeat = (member: string) => Math.max(beats.get(member) ?? room.since, room.since)
  const room: Room = {
    deps: { catalog, clock, hooks: options.hooks, lastBeat },
    activeOf: (component) => options.role(component)?.active,
    desk: alarmDesk(options),
    board: statusBoard(options),
    flap: catalog.config.flap,
    since: clock.monotonic(),
    hearsBeats: true,
  }
  const members = new Map(
    catalog.components.flatMap((component) => watchedOf(room, component)).map((watched) => [watched.member.id, watched]),
  )
  const schedule = lookSchedule(room, options)

  function known(member: string, what: string): Watched | undefined {
    const watched = members.get(member)
    if (!watched) log.warn({ member, what }, 'a report about a member that is not in the configuration')
    return watched
  }

  return {
    status: room.board,
    lastBeat,
    beat(member) {
      if (known(member, 'beat')) beats.set(member, clock.monotonic())
    },
    exited(member, detail, pid, source) {
      const watched = known(member, 'exited')
      if (watched) noteExit(room, watched, `its process ${pid === null ? '' : `${pid} `}ended: ${detail}`, source)
    },
    started(member) {
      const watched = known(member, 'started')
      if (watched) noteStart(room, watched)
    },
    start() {
      room.since = clock.monotonic()
      for (const watched of members.values()) for (const state of watched.probes) schedule.add(watched, state)
    },
    lead() {
      if (!room.hearsBeats) beginToHear(room, members.values())
      room.desk.retell()
    },
    follow() {
      room.hearsBeats = false
    },
    firing: room.desk.firing,
    stop: schedule.stop,
  }
}
