import { defineProbe, failed, passed } from './define.ts'

/** Fails when the member has not beaten for `withinMs`. After a start of ours, each member has as long to beat first. */
export const heartbeatProbe = defineProbe('heartbeat', {
  async look({ member, probe }, { clock, lastBeat }) {
    const age = Math.round(clock.monotonic() - lastBeat(member.id))
    return age > probe.withinMs
      ? failed('missed-beat', `no beat for ${age} ms; one is due every ${probe.withinMs} ms`)
      : passed(`beat ${age} ms ago`)
  },
})
