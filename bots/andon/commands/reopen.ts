import { z } from 'zod'
import type { Andon, Lane } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { wordsInput } from '../inputs.ts'
import { callLeader } from '../leader.ts'
import { turnRed } from '../red.ts'
import { clean } from '../text.ts'

/**
 * It is not over: red, also when it never was. Lanes that ended with it, and not by an outcome, go on; without a leader one is
 * called.
 */
export const reopen = defineAndonCommand('reopen', {
  path: 'reopen',
  summary: 'It is not over: open it again, red',
  input: z.strictObject({ why: wordsInput() }),
  needs: 'anyone',
  when: ['resolved'],
  apply(andon, input, env) {
    const { now, actor, settings } = env
    if (andon.state.status !== 'resolved') return { next: andon, tell: [] }
    if (andon.state.mergedInto !== null)
      return { refuse: `it goes on in ${andon.state.mergedInto}`, hint: 'Reopen that one, or pull anew.' }
    const why = clean(input.why)
    const by = personOf(actor)
    const goingOn = (lane: Lane): Lane =>
      lane.outcome === null && lane.status === 'done'
        ? { ...lane, status: lane.owner ? 'taken' : 'open', dueAt: lane.owner && now + settings.laneMs, endedAt: null }
        : lane
    const open: Andon = {
      ...andon,
      state: { status: 'yellow' },
      lanes: andon.lanes.map(goingOn),
      retention: null,
      marks: { ...andon.marks, resolved: null },
    }
    const neverRed = andon.marks.red === null
    const red = turnRed(marked(open, env), why, by, env)
    const lanes = red.tell.filter(({ kind }) => kind === 'andon.lane-opened')
    const reopened = [entry(red.next, 'andon.reopened', { why, by }), ...(neverRed ? red.tell : lanes)]
    if (red.next.roles.lead) return { next: red.next, tell: reopened }
    const called = callLeader(red.next, env, false)
    return { ...called, tell: [...reopened, ...called.tell] }
  },
})
