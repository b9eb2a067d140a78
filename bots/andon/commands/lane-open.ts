import { z } from 'zod'
import { type Andon, limits } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { entry, personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { wordsInput } from '../inputs.ts'
import { newLane } from '../lanes.ts'
import { clean } from '../text.ts'

const titleChars = 150

/** Something to find out or to do, beside everything else; free until somebody takes it. */
export const laneOpen = defineAndonCommand('lane-open', {
  path: 'lanes',
  summary: 'Open a lane: something to find out or to do',
  input: z.strictObject({
    title: wordsInput().describe(`What is to be found out; cut after ${titleChars} characters`),
    kind: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, at most 63')
      .default('other')
      .describe('logs, carrier, range, mitigation, comms, or your own word'),
  }),
  needs: 'anyone',
  when: ['yellow', 'red'],
  apply(andon, input, env) {
    if (andon.lanes.length >= limits.lanes)
      return { refuse: `${andon.id} has ${limits.lanes} lanes already`, hint: 'Report in one of them, or split the andon.' }
    const lane = newLane(input.kind, clean(input.title, titleChars), env)
    const next: Andon = { ...marked(andon, env), lanes: [...andon.lanes, lane] }
    const told = { lane: lane.id, kind: lane.kind, title: lane.title, by: personOf(env.actor) }
    return { next, tell: [entry(next, 'andon.lane-opened', told)] }
  },
})
