import type { Component, Config, Member, ProbeConfig } from '../catalog/schema.ts'
import type { Alarm, AlarmDesk } from './alarm.ts'
import type { WritableBoard } from './board.ts'
import type { ProbeDeps } from './define.ts'
import type { MemberStatus, Observation } from './probe.ts'
import { type RoleJudge, roleJudge } from './roles.ts'
import { newTrack, type Outcome, observe, type Track, type Verdict } from './thresholds.ts'

/** One member as it is watched: what is known of it, and what each look makes of that. */
export interface Watched {
  member: Member
  component: Component
  probes: ProbeState[]
  roles: RoleJudge | null
  /** The last answer of the hook probe. */
  view: Pick<MemberStatus, 'role' | 'generation' | 'health'>
  /** See `MemberStatus`: the end of its process is not silence, where its agent answers for it. */
  heardSince: number | null
  /** Its process ended, and it has not been seen alive since. */
  exit: { at: number; summary: string; alarm: Alarm } | null
  exitAlarms: Map<string, Alarm>
  startedByAgent: boolean
}

export interface ProbeState {
  probe: ProbeConfig
  track: Track
  seq: number
  /** The youngest look whose answer is in the member's view. */
  heardSeq: number
  inFlight: number
  last: Partial<Record<Outcome, Observation>>
  alarm: Alarm
}

/** What all parts of one watch share. */
export interface Room {
  deps: ProbeDeps
  /** Who should be active, as the journal knows it. */
  activeOf(component: string): string | null | undefined
  desk: AlarmDesk
  board: WritableBoard
  flap: Config['flap']
  /** When the watch began; monotonic ms. */
  since: number
  /** What beats, beats here. */
  hearsBeats: boolean
}

const nothingSaid: Watched['view'] = { role: 'unknown', generation: null, health: null }

export function watchedOf({ desk, activeOf }: Room, component: Component): Watched[] {
  const roles = component.topology === 'active-standby' ? roleJudge(component, desk, activeOf) : null
  const sources = component.probes.map(({ kind }, i) => {
    const nth = component.probes.slice(0, i).filter((earlier) => earlier.kind === kind).length + 1
    return nth === 1 ? `probe:${kind}` : `probe:${kind}-${nth}`
  })
  return component.members.map((member) => ({
    member,
    component,
    roles,
    view: nothingSaid,
    heardSince: null,
    exit: null,
    startedByAgent: false,
    exitAlarms: new Map(member.agent ? [[`agent:${member.agent}`, desk.alarm(component.id, member.id, `agent:${member.agent}`)]] : []),
    probes: component.probes.map((probe, i) => ({
      probe,
      track: newTrack(),
      seq: 0,
      heardSeq: -1,
      inFlight: 0,
      last: {},
      alarm: desk.alarm(component.id, member.id, sources[i] as string),
    })),
  }))
}

/** Beats were heard elsewhere until now: nothing is known of them, and each has its time to beat again. */
export function beginToHear(room: Room, members: Iterable<Watched>): void {
  room.hearsBeats = true
  room.since = room.deps.clock.monotonic()
  for (const { probes } of members)
    for (const state of probes)
      if (state.probe.kind === 'heartbeat') {
        state.track = newTrack()
        state.alarm.forget()
      }
}

export interface Look {
  observation: Observation
  seq: number
  startedAt: number
}

export function takeIn(room: Room, watched: Watched, state: ProbeState, look: Look): void {
  const { observation, seq, startedAt } = look
  const { failAfter, passAfter, kind } = state.probe
  // Elsewhere it may have beaten all the time.
  if (kind === 'heartbeat' && !room.hearsBeats) return
  const seenAt = kind === 'heartbeat' ? room.deps.lastBeat(watched.member.id) : startedAt
  // Begun before the process ended: it tells of a process that is no more.
  if (watched.exit && startedAt <= watched.exit.at) return
  // Not late yet, but never heard of either.
  if (kind === 'heartbeat' && observation.outcome === 'pass' && seenAt <= room.since) return
  const at = room.deps.clock.monotonic()
  const { track, verdict } = observe(state.track, { outcome: observation.outcome, seq, at }, { failAfter, passAfter, flap: room.flap })
  if (verdict.change === 'ignored') return
  state.track = track
  state.last[observation.outcome] = observation
  if (kind === 'hook') {
    hear(watched, state, look, at)
    if (observation.health) watched.heardSince ??= room.deps.clock.now()
    else if (state.track.level === 'fail') watched.heardSince = null
  }
  judgeExit(watched, observation, seenAt)
  ring(state, observation, verdict)
  showStatus(room, watched)
  room.desk.flush()
}

/** Keeps what the member says of itself, unless a younger look has told already. */
function hear(watched: Watched, state: ProbeState, { observation, seq, startedAt }: Look, at: number): void {
  if (seq < state.heardSeq) return
  state.heardSeq = seq
  const { health, outcome } = observation
  if (health) watched.view = { role: health.role ?? 'unknown', generation: health.generation ?? null, health }
  else if (state.track.level === 'fail') watched.view = nothingSaid
  const report = health
    ? { role: watched.view.role, generation: watched.view.generation, failing: outcome === 'fail', startedAt, at }
    : null
  watched.roles?.heard(watched.member.id, report, state.probe, at)
}

export function noteExit(room: Room, watched: Watched, summary: string, source: string): void {
  const { exitAlarms, component, member } = watched
  const alarm = exitAlarms.get(source) ?? room.desk.alarm(component.id, member.id, source)
  exitAlarms.set(source, alarm)
  watched.exit = { at: room.deps.clock.monotonic(), summary, alarm }
  watched.startedByAgent = false
  watched.view = nothingSaid
  alarm.fire('exit', summary, true)
  showStatus(room, watched)
  room.desk.flush()
}

/** For a member without probes, this is the proof that it is back. */
export function noteStart(room: Room, watched: Watched): void {
  watched.startedByAgent = true
  if (watched.probes.length === 0) clearExit(watched, 'its agent started it')
  showStatus(room, watched)
  room.desk.flush()
}

/** `seenAt`: the moment of which the look tells. One that began before the process ended says nothing about the next process. */
function judgeExit(watched: Watched, observation: Observation, seenAt: number): void {
  const { exit } = watched
  if (observation.outcome === 'fail') exit?.alarm.fire('exit', exit.summary)
  else if (!exit || seenAt > exit.at) clearExit(watched, 'it answers again')
}

function clearExit(watched: Watched, summary: string): void {
  watched.exit = null
  for (const alarm of watched.exitAlarms.values()) alarm.clear(summary)
}

/** Tells the state of one probe, as far as it is believed. */
function ring({ track, last, alarm }: ProbeState, observation: Observation, verdict: Verdict): void {
  const { level } = track
  const decided = verdict.change === 'level' || verdict.change === 'flapping-began' || verdict.change === 'flapping-ended'
  if (track.flapping) {
    const why = verdict.change === 'flapping-began' ? verdict.reason : 'changes too often'
    alarm.fire('flapping', `${why}; now: ${observation.summary}`, decided)
  } else if (level === 'pass') {
    alarm.clear(observation.summary)
  } else if (level !== 'unknown' && (decided || observation.outcome === level)) {
    // A single look that tells otherwise decides nothing, and is not told.
    alarm.fire(last[level]?.signal ?? level, last[level]?.summary ?? verdict.reason, decided)
  }
}

function showStatus({ board }: Room, watched: Watched): void {
  board.put(watched.member.id, { ...watched.view, heardSince: watched.heardSince, ...statusOf(watched) })
}

/** The worst of its probes; while its process is known to have ended, that. */
function statusOf({ exit, probes, startedByAgent }: Watched): Pick<MemberStatus, 'status' | 'summary'> {
  if (exit) return { status: 'fail', summary: exit.summary }
  if (probes.length === 0)
    return startedByAgent ? { status: 'pass', summary: 'its agent started it' } : { status: 'unknown', summary: 'it has no probes' }
  for (const level of ['fail', 'warn', 'pass'] as const) {
    const state = probes.find(({ track }) => track.level === level)
    if (state) return { status: level, summary: state.last[level]?.summary ?? level }
  }
  return { status: 'unknown', summary: 'not looked at often enough yet' }
}
