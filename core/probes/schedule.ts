import { maxInFlight } from '../catalog/timings.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import { startLook } from './look.ts'
import { type ProbeState, type Room, takeIn, type Watched } from './watched.ts'

/** When which look begins: a fixed grid per probe and member, begun at a random place, each look a little late by chance. */
export function lookSchedule(room: Room, { random, log }: { random: Random; log: Log }) {
  const { clock } = room.deps
  const cancels = new Set<() => void>()
  let stopped = false

  function begin(watched: Watched, state: ProbeState) {
    if (state.inFlight >= maxInFlight(state.probe)) return
    state.inFlight++
    const seq = state.seq++
    const startedAt = clock.monotonic()
    const target = { component: watched.component, member: watched.member, probe: state.probe }
    const drop = startLook(target, room.deps, state.probe.timeoutMs, (observation) => {
      cancels.delete(drop)
      state.inFlight--
      try {
        takeIn(room, watched, state, { observation, seq, startedAt })
      } catch (error) {
        log.error({ err: error, member: watched.member.id, probe: state.probe.kind }, 'a look could not be judged')
      }
    })
    cancels.add(drop)
  }

  function add(watched: Watched, state: ProbeState) {
    const { everyMs, jitter } = state.probe
    const origin = clock.monotonic() + random.next() * everyMs
    let round = 0
    let cancelTimer: () => void
    const stop = () => cancelTimer()
    const arm = () => {
      const due = origin + round * everyMs + random.next() * jitter * everyMs
      cancelTimer = clock.after(Math.max(0, due - clock.monotonic()), tick)
    }
    const tick = () => {
      if (stopped) return
      // Rounds that were slept through are not made up for: a burst of looks would tell nothing new.
      round = Math.max(round + 1, Math.floor((clock.monotonic() - origin) / everyMs) + 1)
      arm()
      begin(watched, state)
    }
    cancels.add(stop)
    arm()
  }

  return {
    add,
    stop() {
      stopped = true
      for (const cancel of cancels) cancel()
      cancels.clear()
    },
  }
}
